import { describe, expect, it } from 'vitest'
import { maxParts, readMultipart } from './read-multipart.ts'

const type = 'multipart/form-data; boundary=XX'

function body(...parts: readonly string[]): Uint8Array {
  return Buffer.from(`${parts.map((part) => `--XX\r\n${part}\r\n`).join('')}--XX--\r\n`, 'latin1')
}

describe('readMultipart', () => {
  it('gives fields and files with their bytes', () => {
    const parts = readMultipart(
      type,
      body(
        'Content-Disposition: form-data; name="note"\r\n\r\nhello',
        'Content-Disposition: form-data; name="picture"; filename="../a.png"\r\nContent-Type: image/png\r\n\r\n\u0089PNG\r\n\u00ff',
      ),
    )
    expect(parts.map((part) => [part.name, part.fileName])).toEqual([
      ['note', undefined],
      ['picture', '../a.png'],
    ])
    expect([...(parts[1]?.data ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47, 13, 10, 0xff])
  })

  it('gives nothing for other bodies', () => {
    expect(readMultipart('application/json', body('x'))).toEqual([])
    expect(readMultipart('multipart/form-data', body('x'))).toEqual([])
    expect(readMultipart(type, Buffer.from('no boundary here'))).toEqual([])
  })

  it('leaves out parts without a name or without an end of their head', () => {
    expect(readMultipart(type, body('Content-Disposition: form-data\r\n\r\nx', 'no head'))).toEqual([])
  })

  it(`stops after ${maxParts} parts`, () => {
    const part = 'Content-Disposition: form-data; name="a"\r\n\r\nx'
    expect(readMultipart(type, body(...Array.from({ length: maxParts }, () => part)))).toHaveLength(maxParts)
    expect(readMultipart(type, body(...Array.from({ length: maxParts + 1 }, () => part)))).toHaveLength(
      maxParts,
    )
  })
})
