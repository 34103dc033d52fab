import { Book } from './book.js';

test.each(['before', 'after'])(
  'a refused request is no release, where its destination read its head %s the refusal',
  (when) => {
    const book = new Book();
    const id = book.nextId();
    if (when === 'before') book.sawIdentity(id);
    book.enter('sends bad chunks', 'refused', id);
    if (when === 'after') book.sawIdentity(id);
    expect([book.released, book.of('refused'), book.total]).toEqual([0, 1, 1]);
  },
);

test('a request whose identity its partner read is released, once', () => {
  const book = new Book();
  const id = book.nextId();
  book.enter('keeps its connection', 'partner');
  book.sawIdentity(id);
  book.sawIdentity(id);
  expect([book.released, book.of('partner')]).toEqual([1, 1]);
});
