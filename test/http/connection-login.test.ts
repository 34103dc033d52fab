import { isConnectionLogin } from '../../src/http/connection-login.js';

const says = (name: string, value: string, asked: 'authorization' | 'www-authenticate' = 'authorization'): boolean =>
  isConnectionLogin(
    [
      { name: 'Host', value: 'a.example' },
      { name, value },
    ],
    asked,
  );

test.each([
  ['NTLM', 'Authorization', 'NTLM TlRMTVNTUAAB'],
  ['Negotiate', 'AUTHORIZATION', 'Negotiate YIIJ'],
  ['in whatever letters', 'authorization', 'nTlM x'],
  ['behind another scheme', 'Authorization', 'Basic realm="x", Negotiate'],
])('%s logs in the connection', (_, name, value) => {
  expect(says(name, value)).toBe(true);
});

test.each([
  ['another scheme', 'Authorization', 'Basic TlRMTQ=='],
  ['a word that only contains it', 'Authorization', 'XNTLM x'],
  ['a word that only begins as it', 'Authorization', 'Negotiated x'],
  ['another field of as many letters', 'Authorizatiom', 'NTLM x'],
  ['the field of the other side', 'WWW-Authenticate', 'NTLM'],
  ['no field', 'Accept', 'NTLM'],
])('%s does not', (_, name, value) => {
  expect(says(name, value)).toBe(false);
});

test('a destination asks for it with a field of its own', () => {
  expect(says('WWW-Authenticate', 'NTLM', 'www-authenticate')).toBe(true);
  expect(says('Authorization', 'NTLM', 'www-authenticate')).toBe(false);
});
