import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCookies } from '../src/http/read-cookies.ts'
import { readMultipart } from '../src/http/read-multipart.ts'
import { decodeOnce, matchPath } from '../src/http/route.ts'
import { parseLoopbackListen } from '../src/net/loopback.ts'
import { isPublicUrl } from '../src/net/is-public-url.ts'
import { readToken } from '../src/api/token.ts'
import { escape } from '../src/view/escape.ts'
import { readPrices } from '../src/xml/read-prices.ts'

const safe = { external: false, nested: false, fetchText: () => Promise.resolve('') }

/** Text that looks a little like what the parsers expect, so that runs reach their insides. */
const nearly = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        '--B',
        '\r\n\r\n',
        'name="a"',
        'filename="',
        '<prices>',
        '<price product="1">',
        '&a;',
        '<!ENTITY a "',
        '">',
        ']>',
        '<!DOCTYPE p [',
        '%2',
        '%',
        '=',
        ';',
        '.',
        '/',
        ':',
        '[',
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

describe('parsers of the shop', () => {
  it('take any bytes without throwing', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        readCookies(text)
        readMultipart(`multipart/form-data; boundary=${text}`, Buffer.from(text))
        readMultipart('multipart/form-data; boundary=B', Buffer.from(`--B\r\n${text}`))
        matchPath('/product/:id/*', text)
        decodeOnce(text)
        isPublicUrl(text)
        expect(readToken(text, 'key', false)).toBeUndefined()
      }),
    )
  })

  it('read price lists or say why not', async () => {
    await fc.assert(
      fc.asyncProperty(nearly, async (text) => {
        const list = await readPrices(`<prices>${text}</prices>`, safe).catch((error: unknown) => error)
        expect(list instanceof Error || typeof list === 'object').toBe(true)
      }),
    )
  })

  it('never let an address beyond loopback through', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65_535), (host, port) => {
        const text = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
        let heard: string | undefined
        try {
          heard = parseLoopbackListen(text).host
        } catch {
          return
        }
        expect(heard.startsWith('127.') || heard === '::1').toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('leave no markup in escaped text', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        expect(escape(text)).not.toMatch(/[<>"']/)
      }),
    )
  })
})
