import { describe, expect, it } from 'vitest'
import { loadCatalogue } from './load-catalogue.ts'

const attacks = await loadCatalogue()

describe('the catalogue', () => {
  it('holds more than fifty attacks in twenty classes', () => {
    expect(attacks.length).toBeGreaterThan(50)
    expect(new Set(attacks.map((attack) => attack.class)).size).toBeGreaterThanOrEqual(23)
  })

  it('has forty attacks that are quick', () => {
    expect(attacks.filter((attack) => attack.slow !== true).length).toBeGreaterThanOrEqual(40)
  })

  it('names no attack twice', () => {
    expect(new Set(attacks.map((attack) => attack.id)).size).toBe(attacks.length)
  })

  it.each(attacks)('$id has numbers, a technique and one line that says what is done', (attack) => {
    expect(attack.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/)
    expect(attack.id.length).toBeLessThanOrEqual(26)
    expect(attack.cwe).toBeGreaterThan(0)
    expect(attack.capec).toBeGreaterThan(0)
    expect(attack.technique).toMatch(/^T\d{4}(\.\d{3})?$/)
    expect(attack.title).toMatch(/^[A-Z].{10,90}[^.]$/)
  })
})
