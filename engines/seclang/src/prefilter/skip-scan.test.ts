import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LinkNeeds } from './link-needs.ts'
import { LinkScanner } from './link-scanner.ts'
import { createSkipScan, longText, skipLiterals } from './skip-scan.ts'
import type { SkipScan } from './skip-scan.ts'

const need = (...clauses: string[][]): LinkNeeds => ({ clauses, orBytes: null, byteSets: [] })
const needs = [need(['java.lang', 'runtime']), null, need(['%uff']), need(['http/'], ['get', 'put'])]
const filler = (length: number): string => 'zebra jumping over the moon '.repeat(length).slice(0, length)

function scanOf(links: readonly (LinkNeeds | null)[]): SkipScan | null {
  return createSkipScan(skipLiterals(links))
}

describe('createSkipScan', () => {
  it('refuses links that single bytes may meet', () => {
    expect(scanOf([{ clauses: [['abcd']], orBytes: new Uint8Array(256), byteSets: [] }])).toBeNull()
    expect(scanOf([{ clauses: [], orBytes: null, byteSets: [new Uint8Array(256)] }])).toBeNull()
  })

  it('refuses literals shorter than three bytes, and takes three', () => {
    expect(scanOf([need(['ab'])])).toBeNull()
    expect(scanOf([need(['abc'])])).not.toBeNull()
  })

  it('has nothing to do without links', () => {
    expect(scanOf([null, null])).toBeNull()
  })

  it('looks for the first clause alone', () => {
    const scan = scanOf(needs)
    expect(scan?.mayHold(`${filler(5000)}get `)).toBe(false)
    expect(scan?.mayHold(`${filler(5000)}HTTP/`)).toBe(true)
  })

  it('finds a literal at every place of a text, letters in any case', () => {
    const scan = scanOf(needs)
    for (let at = 0; at <= 64; at++) {
      for (const literal of ['RunTime', '%UFF', 'http/', 'java.LANG'])
        expect(scan?.mayHold(filler(at) + literal + filler(64 - at))).toBe(true)
    }
  })

  it('leaves a text that asks for a closer look all the time to the full scan', () => {
    expect(scanOf(needs)?.mayHold('untime '.repeat(400))).toBe(true)
    expect(scanOf(needs)?.mayHold('untime ')).toBe(false)
  })

  it('asks first for the signs that all literals share', () => {
    const scan = scanOf([need(['=ftp://', '=http://', '=https://'])])
    expect(scan?.mayHold('=http:/ '.repeat(600))).toBe(false)
    expect(scan?.mayHold(`${filler(3000)}=HTTPS://${filler(3000)}`)).toBe(true)
  })

  it('takes a few short literals apart, and many into the strides', () => {
    const short = ['ab!', 'c?d', '%ef', 'gh/', 'i.j']
    for (const count of [1, 4, 5]) {
      const literals = [...short.slice(0, count), 'processbuilder']
      const scan = scanOf([need(literals)])
      expect(scan?.mayHold(filler(2000))).toBe(false)
      for (const literal of literals)
        for (let at = 0; at < 40; at++) expect(scan?.mayHold(filler(1500 + at) + literal)).toBe(true)
    }
  })

  it('never rules out a text with a literal (property)', () => {
    const unit = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
    const text = fc.string({ unit, maxLength: 300 })
    const literal = fc.string({ unit, minLength: 3, maxLength: 12 })
    fc.assert(
      fc.property(text, fc.array(literal, { minLength: 1, maxLength: 8 }), text, (before, raw, after) => {
        const literals = raw.map((value) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
        const scan = scanOf([need(literals)])
        for (const value of literals) if (scan?.mayHold(before + value + after) !== true) return false
        return true
      }),
    )
  })
})

describe('LinkScanner on long texts', () => {
  it('finds the same links just below and just above the length from which texts are skipped through', () => {
    for (const length of [longText - 1, longText, longText + 1]) {
      for (const literal of ['', 'runtime', '%uFF', 'HTTP/', 'put HTTP/']) {
        const scanner = new LinkScanner(needs)
        scanner.scan(filler(length - literal.length) + literal)
        const found = scanner.hasBits ? [...scanner.bits] : [0]
        const expected = { '': 0, runtime: 1, '%uFF': 4, 'HTTP/': 0, 'put HTTP/': 8 }[literal]
        expect(found).toEqual([expected])
      }
    }
  })

  it('gives at least the trigger flags of the text when nothing is found', () => {
    for (const sign of ['%', '+', '&', '\\', '\0', ' ', '\xe9', '"', '*', '#', '/', 'A']) {
      const short = new LinkScanner(needs).scan(sign)
      const long = new LinkScanner(needs).scan(filler(longText) + sign)
      expect(long & short).toBe(short)
    }
  })
})
