import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxHits, startSink } from './sink-server.ts'
import type { Sink } from './sink-server.ts'

let sink: Sink
beforeAll(async () => {
  sink = await startSink()
})
afterAll(() => sink.close())

function fetchText(
  url: string,
): Promise<{ readonly status: number; readonly text: string; readonly location: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location }),
      )
    }).on('error', reject)
  })
}

describe('the sink', () => {
  it('keeps hits of different tokens apart and answers with the secret of the token', async () => {
    const one = sink.view('one')
    expect((await fetchText(one.url('a/b?c=d'))).text).toBe(`${one.secret}\n`)
    expect(one.hits()).toEqual([{ method: 'GET', path: 'a/b?c=d' }])
    expect(sink.view('two').hits()).toEqual([])
    expect(sink.view('two').secret).not.toBe(one.secret)
  })

  it('redirects where it is asked to', async () => {
    const view = sink.view('redirect')
    const target = view.url('metadata')
    expect(await fetchText(view.url(`redirect?to=${encodeURIComponent(target)}`))).toMatchObject({
      status: 302,
      location: target,
    })
  })

  it('spells its address in other ways', () => {
    expect(sink.view('x').url('a', '2130706433')).toBe(`http://2130706433:${sink.view('x').port}/x/a`)
  })

  it('survives the root path, and stops counting', async () => {
    const { port } = sink.view('many')
    await fetchText(`http://127.0.0.1:${port}/`)
    const view = sink.view('many')
    for (let batch = 0; batch < 11; batch++) {
      await Promise.all(Array.from({ length: 100 }, () => fetchText(view.url('x'))))
    }
    expect(view.hits()).toHaveLength(maxHits)
  })
})
