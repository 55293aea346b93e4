// Messages that servers are known to read in more than one way, made from tables of our own. Each is one connection's
// bytes; a plain request follows it, so that whoever ends the message elsewhere answers something else.

import { publishedPayloads } from './published-payloads.ts'

/** One message. */
export interface Payload {
  readonly family: string
  readonly name: string
  /** Byte string. */
  readonly raw: string
}

type Maker = () => readonly Payload[]

const shown = (text: string): string => JSON.stringify(text).slice(1, -1).slice(0, 60)

function post(lines: string, body: string, version = '1.1'): string {
  return `POST /p HTTP/${version}\r\nHost: a\r\n${lines}\r\n${body}`
}

function get(target: string, lines = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const chunkedBody = '5\r\nhello\r\n0\r\n\r\n'

const lengthValues = [
  '5', '05', '+5', '-5', '5 ', ' 5', '\t5', '5\t', '5,5', '5, 5', '5, 6', '0x5', '5;', '5.0', '1e1', '', '5\0', '5_0', '\u00b2',
  '99999999999999999999', '18446744073709551621', '5 5', '"5"', '0', '00', '4294967301',
] // prettier-ignore

const codingValues = [
  'chunked', 'Chunked', 'CHUNKED', ' chunked', 'chunked ', '\tchunked', 'chunked\t', 'xchunked', 'chunked, identity',
  'identity, chunked', 'gzip, chunked', 'chunked, chunked', 'chunked,chunked', 'identity', '', '"chunked"', 'chunked;q=1', 'cow',
  'chunked\x0b', '\x0bchunked', 'chunked,', ',chunked', 'chu nked', "'chunked'", 'chunke\xe4', 'x\x00chunked',
] // prettier-ignore

const codingNames = [
  'Transfer-Encoding ', 'Transfer_Encoding', ' Transfer-Encoding', 'Transfer-Encoding\t', 'Transfer\x00-Encoding',
  'X: y\nTransfer-Encoding', 'X: y\rTransfer-Encoding', 'tRANSFER-ENCODING', 'Transfer-Encoding\x0b', 'Transfer-\xffEncoding',
  'Transfer-Encoding:\r\n', 'X-Transfer-Encoding', 'Transfer Encoding', '"Transfer-Encoding"', 'Content-Length\r\nTransfer-Encoding',
] // prettier-ignore

const chunkSizes = [
  '5', '05', '5;a=b', '5 ;a', '0x5', '+5', '-5', ' 5', '5 ', 'g', '', 'ffffffff', '100000000', '5;a="\r\n"', '0000000000000005',
  '00000005', '5\x00', '5_0', '5,', '5.0', '٥', '5\t', '5;', '5;a', '5;\x00', 'fffffffffffffffb', '5:', '5\x0b',
] // prettier-ignore

const chunkEnds = [
  '0\r\n\r\n', '0\n\n', '0\r\n\n', '00\r\n\r\n', '0\r\nX: y\r\n\r\n', '0\r\nContent-Length: 5\r\n\r\n', '0\r\nHost: b\r\n\r\n',
  '0\r\nX y\r\n\r\n', '-0\r\n\r\n', '0;a\r\n\r\n', '0\r\n X: y\r\n\r\n', '0\r\nTransfer-Encoding: chunked\r\n\r\n', '0\r\r\n\r\n',
  '0 \r\n\r\n', '0\r\n:\r\n\r\n', '0x0\r\n\r\n',
] // prettier-ignore

const firstLines = [
  'GET  /x HTTP/1.1', 'GET\t/x HTTP/1.1', 'GET /x\tHTTP/1.1', 'GET /x  HTTP/1.1', ' GET /x HTTP/1.1', 'GET /x HTTP/1.1 ',
  'GET /x HTTP/1.2', 'GET /x HTTP/0.9', 'GET /x http/1.1', 'GET /x', 'GET /x HTTP/2.0', 'GET /x HTTP/1.01', 'GET /x HTTP/1', 'GET /x HTTP/11',
  'get /x HTTP/1.1', 'G\x00T /x HTTP/1.1', 'GET: /x HTTP/1.1', 'CONNECT a:80 HTTP/1.1', 'TRACE / HTTP/1.1', 'PRI * HTTP/2.0', 'OPTIONS * HTTP/1.1',
  'GET * HTTP/1.1', 'GET http://a/x HTTP/1.1', 'GET http://b/x HTTP/1.1', 'GET http://a:80/x HTTP/1.1', 'GET https://a/x HTTP/1.1',
  'GET http://a@b/x HTTP/1.1', 'GET ftp://a/x HTTP/1.1', 'GET //a/x HTTP/1.1', 'GET a/x HTTP/1.1', 'GET ?x HTTP/1.1', 'GET /x#f HTTP/1.1',
  'GET /x y HTTP/1.1', 'GET /\x7f HTTP/1.1', 'GET /\xe9 HTTP/1.1', 'GET /\x01 HTTP/1.1', 'UNKNOWN /x HTTP/1.1', 'GET /x HTTP/1.1\r', 'GET /x HTTP /1.1',
  'POST /x HTTP/1.1', 'DELETE /x HTTP/1.1', 'PUT /x HTTP/1.1', 'PATCH /x HTTP/1.1', 'M-SEARCH * HTTP/1.1',
] // prettier-ignore

const hostLines = [
  '', 'Host: a\r\nHost: a\r\n', 'Host: a\r\nHost: b\r\n', 'Host: a b\r\n', 'Host: a, b\r\n', 'Host:\r\n', 'Host: \r\n', 'Host: a:80\r\n', 'Host: a:\r\n',
  'Host: a:x\r\n', 'Host: a:99999\r\n', 'Host: a@b\r\n', 'Host: a/b\r\n', 'Host: a?b\r\n', 'Host: a#b\r\n', 'Host: [::1]\r\n', 'Host: [::1\r\n', 'Host: a%2eb\r\n',
  'Host: a..b\r\n', 'Host: .a\r\n', 'Host : a\r\n', ' Host: a\r\n', 'Host: a\r\n Host: b\r\n', 'hOST: A\r\n', 'Host: a\x00b\r\n', 'Host: a\tb\r\n', 'X_Host: b\r\nHost: a\r\n',
] // prettier-ignore

const headerLines = [
  'X: y\r\n z\r\n', 'X: y\r\n\tz\r\n', 'X\r\n', ': y\r\n', 'X : y\r\n', 'X\t: y\r\n', 'X: \x00\r\n', 'X: \x01\r\n', 'X: \x7f\r\n', 'X: y\rz\r\n', 'X: y\nZ: a\r\n', 'X\x80: y\r\n',
  'X(: y\r\n', 'X: \xff\r\n', 'X:y\r\n', 'X:\r\n', 'X: \t y \t\r\n', 'a_b: 1\r\na-b: 2\r\n', 'Content_Length: 5\r\n', 'Content-Length : 5\r\n', 'X: y\r\r\n', '\r\nX: y\r\n',
] // prettier-ignore

const connectionLines = [
  'Connection: content-length\r\nContent-Length: 5\r\n', 'Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n', 'Connection: host\r\n', 'Connection: close, x-a\r\nX-A: 1\r\n',
  'Connection: keep-alive, upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n', 'Connection: upgrade\r\nUpgrade: websocket\r\n', 'Upgrade: websocket\r\n',
  'Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n', 'Proxy-Connection: close\r\n', 'Connection: ,\r\n', 'Connection: x-forwarded-for\r\n', 'Keep-Alive: timeout=1\r\nConnection: keep-alive\r\n',
] // prettier-ignore

const expectLines = [
  'Expect: 100-continue\r\n', 'Expect: 100-Continue\r\n', 'Expect: 200-ok\r\n', 'Expect:\r\n', 'Expect: 100-continue\r\nExpect: 100-continue\r\n', 'Expect: 100-continue, x\r\n',
] // prettier-ignore

const paths = [
  '/a/../b', '/a/./b', '//a', '///a//b', '/./a', '/../a', '/a/..', '/a/.', '/a/..;/b', '/a;/../b', '/a;b=c/d', '/;/a', '/a;', '/%2e%2e/a', '/%2e/a', '/.%2e/a', '/..%2fa', '/..%5ca',
  '/%2f', '/a%2fb', '/a%2f..%2fb', '/a%252fb', '/%252e%252e/a', '/%u002e/a', '/a%00', '/a%00.html', '/a%0d%0aX:%20y', '/a%0a', '/a%09', '/a%20b', '/a+b', '/a\\b', '/\\a', '/a\\..\\b',
  '/%5c..%5ca', '/%c0%ae%c0%ae/a', '/%e0%80%ae/a', '/%ff', '/%', '/%z', '/%zz', '/%1', '/a%2', '/a?b%', '/A', '/%41', '/a%2eb', '/a.', '/a..', '/...', '/....//a', '/a/%2e%2e/%2e%2e/b', '/a/b/../../../c',
  '/.htaccess', '/.git/HEAD', '/a.php/b', '/a.php;.jpg', '/a.php%20', '/a.PHP', '/a::$DATA', '/~a', '/a|b', '/a"b', "/a'b", '/a<b', '/a>b', '/a`b', '/a{b}', '/a[b]', '/a^b', '/a@b', '/a:b', '/a,b', '/a=b', '/a&b', '/a$b', '/a!b', '/a*b', '/a(b)',
] // prettier-ignore

const queries = [
  '?a=1&a=2', '?a=1&A=2', '?a=1;a=2', '?a[]=1&a[]=2', '?a[0]=1&a[1]=2', '?a=1%26a=2', '?a=1&&a=2', '?&', '?=', '?==', '?a', '?a&a', '?a=&a', '?%61=1&a=2', '?a.=1&a_=2', '?a =1', '?a+=1&a%20=2', '?a%00=1&a=2',
  '?a=1?a=2', '??a=1', '?a=1&a%5b%5d=2', '?a[b]=1&a[c]=2', '?a=%', '?a=%zz', '?a=%u0061', '?a=%c0%80', '?a=1&a=1&a=1&a=1', '?__proto__[x]=1', '?constructor.prototype=1', '?a=b=c', '?a=/../', '?a=\\', '?a="', '?a=|b', '?;a=1', '?a=1;', '?a=1,2', '?a=%0d%0a', '?\xe4=1', '?a=%26%26',
] // prettier-ignore

const makers: Readonly<Record<string, Maker>> = {
  'content-length': () =>
    lengthValues.flatMap((value) => [
      { family: 'content-length', name: shown(value), raw: post(`Content-Length: ${value}\r\n`, 'hello') },
      {
        family: 'content-length',
        name: `${shown(value)} beside chunked`,
        raw: post(`Content-Length: ${value}\r\nTransfer-Encoding: chunked\r\n`, chunkedBody),
      },
    ]),
  'two lengths': () =>
    [['5', '5'], ['5', '6'], ['0', '5'], ['5', '0'], ['5', ''], ['', '5'], ['5', 'x']].map(([one = '', two = '']) => ({
      family: 'two lengths',
      name: `${one} and ${two}`,
      raw: post(`Content-Length: ${one}\r\nContent-Length: ${two}\r\n`, 'hello'),
    })), // prettier-ignore
  coding: () =>
    codingValues.flatMap((value) =>
      ['1.1', '1.0'].flatMap((version) => [
        {
          family: 'transfer-encoding',
          name: `${shown(value)} in ${version}`,
          raw: post(`Transfer-Encoding: ${value}\r\n`, chunkedBody, version),
        },
        {
          family: 'transfer-encoding',
          name: `${shown(value)} in ${version} with a length`,
          raw: post(
            `Content-Length: 4\r\nTransfer-Encoding: ${value}\r\n`,
            `${chunkedBody}${hidden}`,
            version,
          ),
        },
      ]),
    ),
  'coding name': () =>
    codingNames.flatMap((name) => [
      {
        family: 'name of transfer-encoding',
        name: shown(name),
        raw: post(`${name}: chunked\r\nContent-Length: 15\r\n`, chunkedBody),
      },
      {
        family: 'name of transfer-encoding',
        name: `${shown(name)} twice`,
        raw: post(`Transfer-Encoding: chunked\r\n${name}: identity\r\n`, chunkedBody),
      },
    ]),
  'chunk size': () =>
    chunkSizes.map((size) => ({
      family: 'chunk size',
      name: shown(size),
      raw: post('Transfer-Encoding: chunked\r\n', `${size}\r\nhello\r\n0\r\n\r\n`),
    })),
  'chunk end': () =>
    [...chunkEnds.map((end) => `5\r\nhello\r\n${end}`), '5\nhello\n0\n\n', '5\r\nhello0\r\n\r\n', '5\r\nhelloXX0\r\n\r\n', '5\r\nhello\n0\r\n\r\n', '5\rhello\r\n0\r\n\r\n', '3\r\nhello\r\n0\r\n\r\n'].map((body) => ({
      family: 'chunk end',
      name: shown(body.slice(5)),
      raw: post('Transfer-Encoding: chunked\r\n', body),
    })), // prettier-ignore
  'first line': () =>
    firstLines.map((line) => ({
      family: 'first line',
      name: shown(line),
      raw: `${line}\r\nHost: a\r\n\r\n`,
    })),
  'before the first line': () =>
    ['\r\n', '\r\n\r\n', '\n', '\r', ' ', '\0', 'x\r\n', '\r\n\r\n\r\n'].map((text) => ({
      family: 'before the first line',
      name: shown(text),
      raw: `${text}${get('/x')}`,
    })),
  host: () =>
    hostLines.map((lines) => ({
      family: 'host',
      name: shown(lines),
      raw: `GET /x HTTP/1.1\r\n${lines}\r\n`,
    })),
  header: () =>
    headerLines.flatMap((line) => [
      { family: 'header', name: shown(line), raw: get('/x', line) },
      {
        family: 'header',
        name: `${shown(line)} with a body`,
        raw: post(`${line}Content-Length: 5\r\n`, 'hello'),
      },
    ]),
  'line ends': () =>
    ['GET /x HTTP/1.1\nHost: a\n\n', 'GET /x HTTP/1.1\r\nHost: a\n\r\n', 'GET /x HTTP/1.1\r\nHost: a\r\n\n', 'GET /x HTTP/1.1\nHost: a\r\n\r\n', 'GET /x HTTP/1.1\rHost: a\r\r', 'GET /x HTTP/1.1\r\nHost: a\r\r\n\r\n', 'GET /x HTTP/1.1\r\n\r\nHost: a\r\n\r\n'].map((raw) => ({ family: 'line ends', name: shown(raw.slice(6)), raw })), // prettier-ignore
  connection: () =>
    connectionLines.flatMap((lines) => [
      { family: 'connection', name: shown(lines), raw: get('/x', lines) + 'hello'.slice(0, lines.includes('Length: 5') ? 5 : 0) },
      { family: 'connection', name: `${shown(lines)} in POST`, raw: post(lines.includes('Length') || lines.includes('chunked') ? lines : `${lines}Content-Length: 5\r\n`, lines.includes('chunked') ? chunkedBody : 'hello') },
    ]), // prettier-ignore
  expect: () =>
    expectLines.flatMap((lines) => [
      { family: 'expect', name: shown(lines), raw: post(`${lines}Content-Length: 5\r\n`, 'hello') },
      { family: 'expect', name: `${shown(lines)} without body`, raw: get('/x', lines) },
    ]),
  'body of a GET': () =>
    ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PUT'].flatMap((method) => [
      { family: 'body', name: `${method} with a length`, raw: `${method} /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}` },
      { family: 'body', name: `${method} in chunks`, raw: `${method} /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n` },
      { family: 'body', name: `${method} without a length`, raw: `${method} /x HTTP/1.1\r\nHost: a\r\n\r\n${hidden}` },
    ]), // prettier-ignore
  path: () => paths.map((path) => ({ family: 'path', name: shown(path), raw: get(path) })),
  query: () =>
    queries.flatMap((query) => [
      { family: 'parameters', name: shown(query), raw: get(`/q${query}`) },
      {
        family: 'parameters',
        name: `${shown(query)} in a form`,
        raw: post(
          `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${query.length - 1}\r\n`,
          query.slice(1),
        ),
      },
    ]),
}

/** All messages, in a fixed order. */
export const payloads: readonly Payload[] = [
  ...Object.values(makers).flatMap((make) => make()),
  ...publishedPayloads,
]
