// A relay of bytes on node:net, with public API alone: the floor of Node. It reads no head, strips nothing and keeps no pool: a
// client's connection has one of its own to the origin. Arguments: port to listen on, port of the origin.
import { connect, createServer } from 'node:net';

const [port, originPort] = process.argv.slice(2).map(Number);

/** With back-pressure; an end or an error on one side is the other's end. */
function pass(from, to) {
  from.on('data', (bytes) => {
    if (!to.write(bytes)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const origin = connect({ port: originPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  pass(client, origin);
  pass(origin, client);
});
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
