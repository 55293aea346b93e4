import { Buffer } from 'node:buffer'

/** A small generator of numbers (mulberry32): the same seed gives the same inputs everywhere. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b_79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below) | 0
  }
}

/** Pieces in which parsers disagree. */
const fragments = [
  '\r\n', '\n', '\r', '\0', '\t', ' ', '\x0b', '\x7f', '\x80', '\xff', ':', ';', ',', '"', '#', '0', '5', 'a', '_',
  'chunked', 'identity', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n', 'Content-Length: 0\r\n',
  'Host: a\r\n', 'Connection: close\r\n', 'Connection: keep-alive\r\n', 'Upgrade: websocket\r\n', 'Expect: 100-continue\r\n',
  '0\r\n\r\n', '5\r\nhello\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.0', 'HTTP/1.1', ' HTTP/1.1', 'http://a', '/',
  'X: y\r\n', 'X:y\r\n', 'X-A: \xe9\r\n', '\r\n\r\n', '; a=b', 'OPTIONS', 'POST', 'Keep-Alive: x\r\n', 'Proxy-Connection: close\r\n',
] // prettier-ignore

function pick<T>(list: readonly T[], random: (below: number) => number): T {
  const item = list[random(list.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

/** Changes a message in one to four places: inserts, replaces, removes, repeats, joins with another. */
export function mutate(corpus: readonly string[], random: (below: number) => number): Buffer {
  let text = pick(corpus, random)
  for (let left = 1 + random(4); left > 0; left -= 1) {
    const at = random(text.length + 1)
    const end = Math.min(text.length, at + random(6))
    switch (random(6)) {
      case 0:
        text = text.slice(0, at) + pick(fragments, random) + text.slice(at)
        break
      case 1:
        text = text.slice(0, at) + text.slice(end)
        break
      case 2:
        text = text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1)
        break
      case 3:
        text = text.slice(0, end) + text.slice(at)
        break
      case 4: {
        const other = pick(corpus, random)
        text = text.slice(0, at) + other.slice(random(other.length + 1))
        break
      }
      default:
        text = text.slice(0, at) + pick(fragments, random) + text.slice(end)
        break
    }
  }
  return Buffer.from(text.slice(0, 8192), 'latin1')
}
