// What each syntax error of the YAML reader is called here. Never the reader's own words: they speak of its inner types.

interface Words {
  readonly message: string;
  readonly help?: string;
}

const NOT_YAML: Words = {
  message: 'this is not YAML here',
  help: 'text with marks such as `: # [ ] { } , & * ! |` in it must be quoted',
};

const WORDS: Readonly<Record<string, Words>> = {
  BAD_DQ_ESCAPE: { message: 'unknown escape in double quotes', help: 'use single quotes for text with a `\\` in it' },
  BAD_INDENT: {
    message: 'indented differently from its neighbours',
    help: 'members of one list or map start at one column',
  },
  BAD_SCALAR_START: { message: 'text that starts with a reserved mark must be quoted', help: 'quote it' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'two keys on one line: a key and its value take a line',
    help: 'put the second key on its own line, or quote the text',
  },
  BLOCK_IN_FLOW: {
    message: 'an indented block inside `[ ]` or `{ }`',
    help: 'close the bracket first, or write the whole value without brackets',
  },
  KEY_OVER_1024_CHARS: { message: 'a key of more than 1024 characters' },
  MISSING_CHAR: {
    message: 'something is missing here: a quote, a comma, a bracket, a colon or a space',
    help: 'a key is followed by a colon and a space',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'a key that spans lines: a key takes one line' },
  RESOURCE_EXHAUSTION: { message: 'too deep or too large to read' },
  TAB_AS_INDENT: { message: 'a tab: only spaces may stand between words' },
  UNEXPECTED_TOKEN: NOT_YAML,
};

/** Fact and advice for an error code of the `yaml` package; a code in no row gets a general sentence. */
export function yamlWordsOf(code: string): Words {
  return WORDS[code] ?? NOT_YAML;
}
