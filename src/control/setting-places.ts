// Where the gated settings stand in headgate.yaml, by the paths of gated-settings.ts. Judges nothing: the text was read before.
import type { Document, Path } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Span } from '../document/problem.js';
import type { Source } from '../document/source.js';

/** Undefined for a setting that is left to its default, and for one that the file does not have. */
export type SettingPlaces = (setting: string) => Span | undefined;

/** Names inside a path may hold dots: `destinations.hosts.news.example`. */
const MAPS = ['destinations.hosts', 'keys', 'approval.groups'];

export function settingPlacesOf(source: Source): SettingPlaces {
  const parsed = parseDocument(source);
  if (!parsed.ok) return () => undefined;
  const document = parsed.value;
  return (setting) => document.at(pathOf(document, setting))?.span;
}

function pathOf(document: Document, setting: string): Path {
  if (setting === 'skewMs') return ['skew'];
  const map = MAPS.find((each) => setting.startsWith(`${each}.`));
  if (map !== undefined) return [...map.split('.'), setting.slice(map.length + 1)];
  const [first = '', name = '', ...rest] = setting.split('.');
  if (first !== 'listeners') return setting.split('.');
  return ['listeners', indexOfListener(document, name), ...rest];
}

/** -1 where there is none of that name. */
function indexOfListener(document: Document, name: string): number {
  for (let index = 0; document.at(['listeners', index]) !== undefined; index += 1) {
    if (document.at(['listeners', index, 'name'])?.value === name) return index;
  }
  return -1;
}
