// Families of desynchronisation that were published between 2020 and 2025 (chunk line ends and extensions, lengths that
// one side does not see, expectations, absolute targets, names that CGI folds), restated as tables of our own.
import type { Payload } from './payloads.ts'

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const chunkedBody = '5\r\nhello\r\n0\r\n\r\n'
const shown = (text: string): string => JSON.stringify(text).slice(1, -1).slice(0, 60)

function post(lines: string, body: string, first = 'POST /p HTTP/1.1'): string {
  return `${first}\r\nHost: a\r\n${lines}\r\n${body}`
}

function table(family: string, entries: readonly string[], make: (entry: string) => string): Payload[] {
  return entries.map((entry) => ({ family, name: shown(entry), raw: make(entry) }))
}

/** Ends of a chunk-size line, of chunk data, and of the last chunk that some parser takes for CR LF or looks over. */
const chunkBodies = [
  '5\nhello\r\n0\r\n\r\n', '5\r\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\r0\r\n\r\n', '5\r\nhello\n\n0\r\n\r\n', '5\r\nhello\n\r0\r\n\r\n', '5\r\nhelloab0\r\n\r\n', '5\r\nhello\r0\r\n\r\n',
  '5\r\nhello0\r\n\r\n', '5\r\nhello\r\n\r\n0\r\n\r\n', '\r\n5\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n 0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\r\n', '5\r\nhello\r\n0\r\n\n', '5\r\nhello\r\n0\n\r\n', '5\r\nhello\r\n0\r\n',
  '5;\nx\r\nhello\r\n0\r\n\r\n', '5;a\nhello\r\n0\r\n\r\n', '5;a\rb\r\nhello\r\n0\r\n\r\n', '5;a="\n"\r\nhello\r\n0\r\n\r\n', '5;a="b\r\nhello\r\n0\r\n\r\n', '5 ; a = b\r\nhello\r\n0\r\n\r\n', '5;;\r\nhello\r\n0\r\n\r\n', '5;\x7f\r\nhello\r\n0\r\n\r\n',
  '5\t;a\r\nhello\r\n0\r\n\r\n', '5\x0b\r\nhello\r\n0\r\n\r\n', '5\x0c\r\nhello\r\n0\r\n\r\n', '5\x85\r\nhello\r\n0\r\n\r\n', '5\xa0\r\nhello\r\n0\r\n\r\n', '5#\r\nhello\r\n0\r\n\r\n', '5h\r\nhello\r\n0\r\n\r\n', '0x5\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0;\n\r\n\r\n', '5\r\nhello\r\n0;a=b\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n', '5\r\nhello\r\n0\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n', '5\r\nhello\r\n0\r\n0\r\n\r\n', '5\r\nhello\r\n00000000\r\n\r\n',
  '5\r\nhello\r\n000000000\r\n\r\n', '5\r\nhello\r\n-0\r\n\r\n', '5\r\nhello\r\n+0\r\n\r\n', '5\r\nhello\r\n0 \r\n\r\n', '5\r\nhello\r\n0\t\r\n\r\n', '100000005\r\nhello\r\n0\r\n\r\n', '10000000000000005\r\nhello\r\n0\r\n\r\n', '5\r\nhello\r\n\0\r\n\r\n',
  `5;${'a'.repeat(5000)}\r\nhello\r\n0\r\n\r\n`, `2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, 'A\r\nhelloworld\r\n0\r\n\r\n', 'a\r\nhelloworld\r\n0\r\n\r\n', '5\r\nhello\r\n0\r\nX: y\n\r\n', '5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n', '5\r\nhello\r\n0\r\nX : y\r\n\r\n',
  '5\r\nhello\r\n0\r\nContent-Length: 40\r\n\r\n', '5\r\nhello\r\n0\r\ntransfer_encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n', '5\r\nhello\r\n0\r\nCookie: a=b\r\n\r\n', '5\r\nhello\r\n0\r\nAuthorization: x\r\n\r\n', '5\r\nhello\r\n0\r\n\x00: y\r\n\r\n',
] // prettier-ignore

/** Lines that one side reads as the length or the coding of a body and the other does not. */
const hiddenLines = [
  'Content-Length:\r\n 40\r\n', 'Content-Length:\n40\r\n', ' Content-Length: 40\r\n', '\tContent-Length: 40\r\n', '\x0bContent-Length: 40\r\n', 'Content-Length\x0b: 40\r\n', 'Content-Length\xa0: 40\r\n', 'Content-Length\0: 40\r\n', 'Content-Length;: 40\r\n',
  'Content-Length= 40\r\n', 'Content-Length 40\r\n', 'Content.Length: 40\r\n', 'Content~Length: 40\r\n', 'Content|Length: 40\r\n', "Content'Length: 40\r\n", 'content_length: 40\r\n', 'CONTENT-LENGTH: 40\r\n', 'Content-\r\nLength: 40\r\n', 'Content-Length: 4\r\n0\r\n',
  'Content-Length: 40\r\nContent-Length: 0\r\n', 'Content-Length: 0\r\nContent-Length: 40\r\n', 'Content-Length: 40,0\r\n', 'Content-Length: 0,40\r\n', 'Content-Length: 4 0\r\n', 'Content-Length: 40\x0c\r\n', 'Content-Length: 40\x85\r\n', 'Content-Length: \xb2\r\n',
  'Content-Length: \xef\xbc\x94\xef\xbc\x90\r\n', 'Content-Length: 0b101000\r\n', 'Content-Length: 0o50\r\n', 'Content-Length: 40L\r\n', 'Content-Length: 40.\r\n', 'Content-Length: 4e1\r\n', 'Content-Length: 000000000000000000000000000040\r\n',
  'Content-Length: 9223372036854775808\r\n', 'Content-Length: 18446744073709551656\r\n', 'Content-Length: NaN\r\n', 'Content-Length: (40)\r\n', 'X: y\r\nContent-Length: 40\r\nX: z\r\n', 'X:\r\nContent-Length: 40\r\n', 'X: "\r\nContent-Length: 40\r\nY: "\r\n',
] // prettier-ignore

const codingLines = [
  'Transfer-Encoding:\r\n chunked\r\n', 'Transfer-Encoding:\r\n\tchunked\r\n', 'Transfer-Encoding:\n chunked\r\n', 'Transfer-Encoding: \r\n\r\n chunked\r\n', 'Transfer-Encoding:\x0bchunked\r\n', 'Transfer-Encoding:\x0cchunked\r\n', 'Transfer-Encoding: chunked\x85\r\n',
  'Transfer-Encoding: chunked\xa0\r\n', 'Transfer-Encoding: \xa0chunked\r\n', 'Transfer-Encoding: \xef\xbb\xbfchunked\r\n', 'Transfer-Encoding: chun\xc5\xbfed\r\n', 'Transfer-Encoding: chun\xe2\x84\xaaed\r\n', 'Transfer-Encoding: chunked;\r\n', 'Transfer-Encoding: chunked; foo\r\n',
  'Transfer-Encoding: chunked foo\r\n', 'Transfer-Encoding: foo chunked\r\n', 'Transfer-Encoding: chunked/1.0\r\n', 'Transfer-Encoding: chunked-x\r\n', 'Transfer-Encoding: x-chunked\r\n', 'Transfer-Encoding: deflate, chunked\r\n', 'Transfer-Encoding: compress\r\n',
  'Transfer-Encoding: trailers\r\n', 'Transfer-Encoding: \r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: \r\n', 'Transfer-Encoding: chunked\r\nX: y\r\nTransfer-Encoding: cow\r\n', 'Transfer-Encoding: chunked,\r\n', 'Transfer-Encoding: ,,chunked\r\n',
  'Transfer.Encoding: chunked\r\n', 'Transfer~Encoding: chunked\r\n', 'transfer_encoding: chunked\r\n', 'Transfer-Encodings: chunked\r\n', 'Transfer-Encod\xefng: chunked\r\n', 'Transfer\r\n-Encoding: chunked\r\n', 'TE: chunked\r\n', 'X: y\r\n\r\nTransfer-Encoding: chunked\r\n',
  'Content-Encoding: chunked\r\n', 'Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n', 'Connection: content-length\r\nTransfer-Encoding: chunked\r\n', 'Transfer-Encoding: "chunked"\r\n', "Transfer-Encoding: 'chunked'\r\n", 'Transfer-Encoding: chunked\x1f\r\n',
] // prettier-ignore

/** Expectations beside bodies that are sent at once: a server that waits, and one that does not, end elsewhere. */
const expectations = [
  'Expect: 100-continue\r\nContent-Length: 40\r\n', 'Expect: 100-CONTINUE\r\nContent-Length: 40\r\n', 'Expect: y 100-continue\r\nContent-Length: 40\r\n', 'Expect: 100-continue;a\r\nContent-Length: 40\r\n', 'Expect:\r\n 100-continue\r\nContent-Length: 40\r\n',
  'Expect : 100-continue\r\nContent-Length: 40\r\n', 'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n', 'Expect: 100-continue\r\nContent-Length: 0\r\n', 'Expect: 100-continue\r\n', 'expect_: 100-continue\r\nContent-Length: 40\r\n', 'Expect: "100-continue"\r\nContent-Length: 40\r\n',
] // prettier-ignore

const firstLines = [
  'GET http://a HTTP/1.1', 'GET http://a? HTTP/1.1', 'GET http:///x HTTP/1.1', 'GET http:/x HTTP/1.1', 'GET http:a/x HTTP/1.1', 'GET HTTP://A/x HTTP/1.1', 'GET http://a:80/x HTTP/1.1', 'GET http://a:/x HTTP/1.1', 'GET http://a%00/x HTTP/1.1', 'GET http://a\\@b/x HTTP/1.1',
  'GET http://a#@b/x HTTP/1.1', 'GET http://a/x#y HTTP/1.1', 'GET http://a//x HTTP/1.1', 'GET ws://a/x HTTP/1.1', 'GET file:///x HTTP/1.1', 'GET a:80 HTTP/1.1', 'GET :80/x HTTP/1.1', 'GET @b/x HTTP/1.1', 'GET .//x HTTP/1.1', 'GET \\x HTTP/1.1', 'GET \\\\b\\x HTTP/1.1', 'GET %2fx HTTP/1.1',
  'GET /http://b/x HTTP/1.1', 'GET //b/x HTTP/1.1', 'GET ///b/x HTTP/1.1', 'GET /\\b/x HTTP/1.1', 'GET /x HTTP/1.1 HTTP/1.1', 'GET /x%20HTTP/1.1 HTTP/1.1', 'GET /x\xa0HTTP/1.1', 'GET /x HTTP/1.10', 'GET /x HTTP/01.1', 'GET /x HTTP/1.\xb9', 'GET /x HTTPS/1.1', 'GET /x HTTP/-1.1',
  'GET /x HTTP/3.0', 'GET /x HTTP/1,1', 'GET /x\x0bHTTP/1.1', 'GET\x0b/x HTTP/1.1', 'GET\xa0/x HTTP/1.1', '\xef\xbb\xbfGET /x HTTP/1.1', 'G ET /x HTTP/1.1', 'GET\0 /x HTTP/1.1', 'GET/x HTTP/1.1', 'POST /x', 'QUERY /x HTTP/1.1', 'GETX /x HTTP/1.1', 'Get /x HTTP/1.1',
] // prettier-ignore

const hosts = [
  'Host: a\r\nHost:\r\n', 'Host:\r\nHost: a\r\n', 'Host: a\r\nhost: a\r\n', 'Host: a\r\nX: y\r\nHost: b\r\n', 'Host:\r\n a\r\n', 'Host: a\r\n b\r\n', 'Host: a\x0b\r\n', 'Host: a\xa0\r\n', 'Host: a\x85b\r\n', 'Host: a;b\r\n', 'Host: a:80:80\r\n', 'Host: a:-1\r\n', 'Host: a:0x50\r\n', 'Host: a:080\r\n',
  'Host: http://a\r\n', 'Host: //a\r\n', 'Host: a\\b\r\n', 'Host: a%00b\r\n', 'Host: a%20b\r\n', 'Host: *\r\n', 'Host: -a\r\n', 'Host: a-\r\n', 'Host: a.\r\n', 'Host: a_b\r\n', 'Host: [::1]:80\r\n', 'Host: [::1]x\r\n', 'Host: [a]\r\n', 'Host: [::1%25lo]\r\n', 'Host: ::1\r\n', 'Host: \xef\xbd\x81\r\n', 'Host: 127.1\r\n',
  'Host: a\r\nX-Forwarded-Host: b\r\n', 'Host: a\r\nForwarded: host=b\r\n', 'Host: a\r\nX.Forwarded.Host: b\r\n', 'Host=a\r\n', 'Host a\r\n', ':authority: b\r\nHost: a\r\n', 'Host: a\r\n:path: /hidden\r\n',
] // prettier-ignore

const paths = [
  '/%2e%2e%2f', '/..%c0%af', '/..%c1%9c', '/%c0%2e%c0%2e/a', '/..%ef%bc%8fa', '/%ef%bc%8e%ef%bc%8e/a', '/%e3%80%82%e3%80%82/a', '/..%u2215a', '/.;/a', '/.;x/a', '/;x=y/../a', '/a/%2e%2e;/b', '/a//../b', '/%3b/a', '/a%23b', '/a%3fb=c', '/a%26b', '/a/.%00./b', '/%20/a', '/a%c3%28', '/%e2%80%ae/a', '/%f0%80%80%af/a',
  '/%d9%a3', '/%ed%a0%80', '/%f4%90%80%80', '/a%25%32%66b', '/%25%32%65%25%32%65/a', '/a%5c', '/a%5cb', '/a%7fb', '/a%80b', '/a%0c', '/a%0b', '/a%1f', '/a%3a80', '/%40b', '/a%2f%2e%2e%2fb', '/a/%252e%252e/b', '/a/b/%2e%2e/%2E%2E/c', '/a?b#c', '/a??b', '/a?/../b', '/a;?b', '/a?b;c', '/a/?', '/?', '/%3Fa', '/a%', '/a%2', '/%%2e', '/%2%65',
  '/a/./././b', '/././/a', '/a/b/..//../c', '/..', '/../..', '/.../a', '/a/....//b', '/~', '/-', '/_', '/a+b', '/a%2bb', '/a,b;c=d', '/(a)', '/*', '/%2a', '/a|b', '/a%7cb', '/AUX', '/a.asp%3b.jpg', '/a%e2%81%84b', '/a%e2%88%95b', '/WEB-INF%2fweb.xml', '/a%ff%feb',
] // prettier-ignore

const parameters = [
  'a=1&a=2&a=3', 'a=1&A=2&%61=3', 'a=1&%41=2', 'a[]=1&a=2', 'a=1&a[]=2', 'a[0]=1&a=2', 'a.b=1&a_b=2', 'a%2eb=1&a_b=2', 'a b=1&a_b=2', 'a+b=1&a_b=2', 'a[=1&a_=2', '%00a=1&a=2', 'a%00b=1&a=2', 'a=1&&&a=2', '&a=1&', 'a=1;a=2&a=3', 'a=1%3ba=2', 'a=1%26a=2', '=1&a=2', 'a&a=2', 'a=1&a', 'a==1', 'a=1=2',
  'a=%2', 'a=%zz&a=1', 'a=%u0031', 'a=\\x31', 'a=%c0%b1', 'a=%ef%bc%91', 'a=1%00&a=2', 'a=1%0a&a=2', 'a=1%0d%0a', '%20a=1&a=2', '+a=1&a=2', 'a%20=1&a=2', 'a=1,2&a=3', 'a[b][c]=1&a[b]=2', 'a[[]]=1', 'a]=1&a[=2', '__proto__=1&a=2', 'a=1#b', '?a=1&a=2', 'a=1?a=2', 'utf8=%e2%9c%93&a=1', '_charset_=utf-7&a=%2bADw-',
] // prettier-ignore

const formOf = (text: string): string =>
  post(`Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${text.length}\r\n`, text)

/** All messages, in a fixed order. */
export const publishedPayloads: readonly Payload[] = [
  ...table('published: chunk', chunkBodies, (body) => post('Transfer-Encoding: chunked\r\n', body)),
  ...table('published: last chunk and more', chunkBodies.slice(0, 40), (body) => post('Transfer-Encoding: chunked\r\n', body + hidden)),
  ...table('published: length', hiddenLines, (lines) => post(lines, `${hidden}12345`.slice(0, 40))),
  ...table('published: length of a GET', hiddenLines, (lines) => post(lines, `${hidden}12345`.slice(0, 40), 'GET /p HTTP/1.1')),
  ...table('published: coding', codingLines, (lines) => post(lines, chunkedBody)),
  ...table('published: coding beside a length', codingLines, (lines) => post(`Content-Length: 4\r\n${lines}`, `${chunkedBody}${hidden}`)),
  ...table('published: expectation', expectations, (lines) => post(lines, `${hidden}12345`.slice(0, 40))),
  ...table('published: expectation of a GET', expectations, (lines) => post(lines, `${hidden}12345`.slice(0, 40), 'GET /p HTTP/1.1')),
  ...table('published: first line', firstLines, (line) => `${line}\r\nHost: a\r\n\r\n`),
  ...table('published: host', hosts, (lines) => `GET /x HTTP/1.1\r\n${lines}\r\n`),
  ...table('published: path', paths, (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`),
  ...table('published: parameters', parameters, (query) => `GET /q?${query} HTTP/1.1\r\nHost: a\r\n\r\n`),
  ...table('published: parameters in a form', parameters, formOf),
] // prettier-ignore
