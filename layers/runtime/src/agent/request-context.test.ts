import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { StoredInputs } from './inputs/stored-inputs.ts'
import { RequestContext, maxBodyBytes } from './request-context.ts'

function contextOf(url: string, type: string, body: string | readonly string[]): RequestContext {
  const headers = type === '' ? {} : { 'content-type': type }
  const request = { url, headers, method: 'POST' }
  const context = new RequestContext(request as IncomingMessage, {} as ServerResponse, new StoredInputs())
  for (const piece of typeof body === 'string' ? [body] : body)
    if (piece !== '') context.addChunk(Buffer.from(piece))
  return context
}

describe('RequestContext', () => {
  it('reads a JSON body whether or not the application has parsed it yet', () => {
    const context = contextOf('/', 'application/json', '{"q":"a b"}')
    expect([...context.inputs()]).toEqual(['a b'])
    context.addParsed('{"q":"a b"}')
    expect([...context.inputs()]).toEqual(['a b'])
  })

  it('reads JSON inside an input once it was parsed, and no other JSON', () => {
    const inner = '{"name":"x y"}'
    const context = contextOf(`/?data=${encodeURIComponent(inner)}`, '', '')
    expect(context.inputs().has('x y')).toBe(false)
    context.addParsed('{"of":"the application"}')
    context.addParsed(inner)
    expect(context.inputs().has('x y')).toBe(true)
    expect(context.inputs().has('the application')).toBe(false)
    expect(context.bodies()).toContainEqual({ name: 'x y' })
  })

  it('sees pieces of a body that come after a sink has asked', () => {
    const context = contextOf('/', 'text/plain', 'a;b')
    expect(context.inputs().has('a;b')).toBe(true)
    context.addChunk(Buffer.from(';c'))
    expect(context.inputs().has('a;b;c')).toBe(true)
  })

  it('sees fields of a form in parts that come behind a long file', () => {
    const field = `\r\n--b\r\nContent-Disposition: form-data; name="q"\r\n\r\nit's\r\n--b--\r\n`
    const file = `--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n${'x'.repeat(maxBodyBytes - 100)}`
    const type = 'multipart/form-data; boundary=b'
    expect(contextOf('/', type, [file, field]).inputs().has("it's")).toBe(true)
    expect(contextOf('/', 'text/plain', [file, field]).inputs().has("it's")).toBe(false)
  })

  it('keeps a body up to its limit', () => {
    const kept = contextOf('/', 'text/plain', 'x'.repeat(maxBodyBytes))
    expect(kept.hasBody()).toBe(true)
    const over = contextOf('/', 'text/plain', 'x'.repeat(maxBodyBytes + 1))
    expect(over.hasBody()).toBe(false)
  })

  it('knows what came with the request', () => {
    const context = contextOf('/?q=a%20b', 'application/json', '{"x":1}')
    expect(context.isFromRequest('a b')).toBe(true)
    expect(context.isFromRequest('{"x":1}')).toBe(true)
    expect(context.isFromRequest('else')).toBe(false)
  })

  it('counts only addresses and forms as what a link can bring', () => {
    expect(contextOf('/?q=%3Cb%3E', 'application/json', '{"x":"<i>"}').linkable().has('<b>')).toBe(true)
    expect(contextOf('/', 'application/json', '{"x":"<i>"}').linkable().has('<i>')).toBe(false)
    expect(contextOf('/', 'application/x-www-form-urlencoded', 'x=%3Ci%3E').linkable().has('<i>')).toBe(true)
    // A parameter makes no JSON of a form.
    const named = 'application/x-www-form-urlencoded; x=json'
    expect(contextOf('/', named, 'x=%3Ci%3E').linkable().has('<i>')).toBe(true)
    expect([contextOf('/', named, '').isJson, contextOf('/', 'Application/JSON; a=b', '').isJson]).toEqual([
      false,
      true,
    ])
  })

  it.each([
    ['in the query', '/?name=/srv/a.txt', '', ''],
    ['inside of an input', '/?name=file:///srv/a.txt', '', ''],
    ['escaped', '/?name=/srv/%61.txt', '', ''],
    ['with backslashes', String.raw`/?name=\srv\a.txt`, '', ''],
    ['in a JSON body', '/', 'application/json', '{"x":"/srv/a.txt"}'],
    ['escaped in a JSON body', '/', 'application/json', String.raw`{"x":"\u002fsrv/b"}`],
    ['with escaped slashes in a JSON body', '/', 'application/json', String.raw`{"x":"\/srv\/a.txt"}`],
    ['with backslashes in a JSON body', '/', 'application/json', String.raw`{"x":"\\srv\\a.txt"}`],
    ['in a JSON body of two pieces', '/', 'application/json', ['{"x":"/sr', 'v/a.txt"}']],
    ['in base64 of the other alphabet', `/?p=${Buffer.from('/srv/a.txt').toString('base64')}`, '', ''],
    ['in base64', `/?p=${Buffer.from('/srv/a.txt').toString('base64url')}`, '', ''],
    ['perhaps in a form', '/', 'application/x-www-form-urlencoded', 'x=1'],
  ])('may hold a path: %s', (_name, url, type, body) => {
    expect(contextOf(url, type, body).mayHold('/srv/a.txt')).toBe(true)
  })

  it('may hold a path in a header or a body that a server has left on the request', () => {
    const context = contextOf('/', '', '')
    expect(context.mayHold('/srv/a.txt')).toBe(false)
    context.request.headers['x-file'] = '/srv/a.txt'
    expect(context.mayHold('/srv/a.txt')).toBe(true)
    delete context.request.headers['x-file']
    Object.assign(context.request, { body: {} })
    expect(context.mayHold('/srv/a.txt')).toBe(false)
    Object.assign(context.request, { body: { x: '/srv/a.txt' } })
    expect(context.mayHold('/srv/a.txt')).toBe(true)
  })

  it('may hold any path with characters that have several encodings', () => {
    expect(contextOf('/', '', '').mayHold('/srv/a b.txt')).toBe(true)
    expect(contextOf('/', '', '').mayHold('/srv/ä.txt')).toBe(true)
  })

  it('surely holds no path that is nowhere in it, though the name of its file is', () => {
    expect(contextOf('/?name=a.txt', '', '').mayHold('/srv/a.txt')).toBe(false)
    const lines = String.raw`{"x":"one\ntwo \"b\""}`
    expect(contextOf('/', 'application/json', lines).mayHold('/srv/a.txt')).toBe(false)
    expect(contextOf('/?id=5', 'application/json', '{"x":"ann lee"}').mayHold('/srv/a.txt')).toBe(false)
  })

  it.each([
    ['as it is', '/?to=127.0.0.1'],
    ['as a number', '/go/2130706433'],
    ['as a number in hexadecimal', '/go/0x7F000001'],
    ['percent-encoded', '/?to=%31'],
    ['in base64', `/?to=${Buffer.from('127.0.0.1').toString('base64url')}`],
    ['in base64 with a scheme', `/go/${Buffer.from('//127.1').toString('base64url')}`],
    ['in base64 over several segments', `/${Buffer.from('//?~\u007f127.1').toString('base64')}`],
  ])('may name an address: %s', (_name, url) => {
    expect(contextOf(url, '', '').mayName('127.0.0.1')).toBe(true)
  })

  it('may name a host without dots, in a header, or in any body', () => {
    expect(contextOf('/fetch/Redis', '', '').mayName('redis')).toBe(true)
    expect(contextOf('/fetch?item=item-1', '', '').mayName('redis')).toBe(false)
    expect(contextOf('/1', '', '').mayName('0.0.0.1')).toBe(true)
    expect(contextOf('/', 'text/plain', 'x').mayName('127.0.0.1')).toBe(true)
    for (const [agent, answer] of [
      ['Mozilla/5.0 (X11; Linux x86_64)', false],
      ['127.0.0.1/8.0', true],
      ['Redis/8.0', true],
      ['http://127.0.0.1/', true],
    ] as const) {
      const context = contextOf('/', '', '')
      context.request.headers['user-agent'] = agent
      expect(context.mayName('redis')).toBe(answer)
    }
  })

  it.each([
    ['x-to', '127.0.0.1', true],
    ['x-to', '2130706433', true],
    ['x-to', Buffer.from('127.0.0.1').toString('base64'), true],
    ['cookie', 'to=127.0.0.1', true],
    ['cookie', 'id=5; theme=dark', false],
    ['referer', 'http://127.0.0.1/', false],
  ])('may name an address in a header: %s: %s', (name, value, answer) => {
    const context = contextOf('/', '', '')
    context.request.headers[name] = value
    expect(context.mayName('127.0.0.1')).toBe(answer)
  })

  it('knows a path that a framework has cut from the address since', () => {
    const context = contextOf('/%2Fsrv%2Fa.txt/read?to=127.0.0.1', '', '')
    context.request.url = '/read'
    expect(context.mayHold('/srv/a.txt')).toBe(true)
    expect(context.mayName('127.0.0.1')).toBe(true)
    expect(context.raw().has('/srv/a.txt')).toBe(true)
  })

  it('surely names no host with words alone', () => {
    expect(contextOf('/api/products/42?from=home&sort=price', '', '').mayName('127.0.0.1')).toBe(false)
  })
})
