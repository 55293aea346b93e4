import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { climbingNames, climbingPackedNames, isArchive, maxArchiveBytes } from './archive-names.ts'

const zip = (...names: readonly string[]): string =>
  names.map((name) => `PK\u0003\u0004......${name}some content`).join('')

const tar = (name: string, padding = 512): string => `${name}\0ustar${' '.repeat(padding)}`

describe('climbingNames', () => {
  it('finds climbing names anywhere in an archive, and is an archive itself', () => {
    const found = climbingNames(zip('a.txt'.repeat(20_000), '../../etc/cron.d/x')) ?? ''
    expect(found).toContain('../../etc/cron.d/x')
    expect(found.length).toBeLessThan(2_000)
    expect(isArchive(found)).toBe(true)
    expect(climbingNames(zip('..\\x'))).toContain('..\\x')
  })

  it('finds none in an archive whose names stay inside', () => {
    expect(climbingNames(zip('a.txt', 'b/c..d.txt'))).toBeUndefined()
  })

  it('ends at a hundred names', () => {
    const names = Array.from({ length: 150 }, (_, i) => `../name-${i}-${'x'.repeat(300)}`)
    const found = climbingNames(zip(...names)) ?? ''
    expect(found).toContain('../name-99-')
    expect(found).not.toContain('../name-100-')
  })
})

describe('climbingPackedNames', () => {
  const inBody = (bytes: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from('--b\r\n\r\n'), bytes, Buffer.from('\r\n--b--\r\n')])

  it('looks into an archive that is packed by gzip', () => {
    expect(climbingPackedNames(inBody(gzipSync(tar('../../x'))))).toContain('../../x')
    expect(climbingPackedNames(inBody(gzipSync(tar('x'))))).toBeUndefined()
  })

  it('reads past the optional fields of a member', () => {
    const packed = gzipSync(tar('../../x'))
    const fields = Buffer.from('\u0002\0aba.tar\0note\0cc', 'latin1')
    const member = Buffer.concat([packed.subarray(0, 10), fields, packed.subarray(10)])
    member[3] = 2 + 4 + 8 + 16
    expect(climbingPackedNames(inBody(member))).toContain('../../x')
  })

  it('leaves other bodies alone: texts, packed texts, and what is cut or too long', () => {
    const whole = gzipSync(tar('../x'))
    expect(climbingPackedNames(Buffer.from('../x'))).toBeUndefined()
    expect(climbingPackedNames(gzipSync('../x'))).toBeUndefined()
    expect(climbingPackedNames(whole.subarray(0, 20))).toBeUndefined()
    expect(climbingPackedNames(gzipSync(tar('../x', maxArchiveBytes - 10)))).toBeDefined()
    expect(climbingPackedNames(gzipSync(tar('../x', maxArchiveBytes + 1)))).toBeUndefined()
  })
})
