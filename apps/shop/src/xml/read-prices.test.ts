import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { maxExpandedCharacters, maxSafeCharacters, readPrices } from './read-prices.ts'
import type { EntityRules } from './read-prices.ts'

const folder = mkdtempSync(join(tmpdir(), 'shop-xml-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asked: string[] = []
const fetchText = (url: string): Promise<string> => {
  asked.push(url)
  return Promise.resolve('fetched')
}
const weak: EntityRules = { external: true, nested: true, fetchText }
const safe: EntityRules = { external: false, nested: false, fetchText }

function list(subset: string, text: string): string {
  return `<?xml version="1.0"?><!DOCTYPE prices [${subset}]><prices><price product="3">${text}</price></prices>`
}

function bomb(levels: number): string {
  const entities = Array.from(
    { length: levels },
    (_unused, n) => `<!ENTITY e${n} "${n === 0 ? 'lolololol ' : `&e${n - 1};`.repeat(10)}">`,
  )
  return list(entities.join(''), `&e${levels - 1};`)
}

describe('readPrices', () => {
  it('reads prices and the predefined entities', async () => {
    const xml =
      '<prices><price product="1"> 12.50 </price>\n<price product="x">&lt;&amp;&gt;</price></prices>'
    expect((await readPrices(xml, safe)).lines).toEqual([
      { product: '1', text: '12.50' },
      { product: 'x', text: '<&>' },
    ])
  })

  it('replaces entities of the document', async () => {
    expect((await readPrices(list('<!ENTITY p "9.90">', '&p;'), safe)).lines[0]?.text).toBe('9.90')
  })

  it('reads a file for an external entity when weak, and nothing when not', async () => {
    writeFileSync(join(folder, 'secret'), 'secret text')
    const xml = list(`<!ENTITY x SYSTEM "file://${folder}/secret">`, '&x;')
    expect((await readPrices(xml, weak)).lines[0]?.text).toBe('secret text')
    expect((await readPrices(xml, safe)).lines[0]?.text).toBe('')
  })

  it('fetches an address for an external entity when weak only', async () => {
    const xml = list("<!ENTITY x SYSTEM 'http://inside.test/'>", '&x;')
    expect((await readPrices(xml, safe)).lines[0]?.text).toBe('')
    expect(asked).toEqual([])
    expect((await readPrices(xml, weak)).lines[0]?.text).toBe('fetched')
    expect(asked).toEqual(['http://inside.test/'])
  })

  it('survives a file that is not there and an entity that names itself', async () => {
    expect((await readPrices(list('<!ENTITY x SYSTEM "/no/such/file">', '&x;'), weak)).lines[0]?.text).toBe(
      '',
    )
    await expect(readPrices(list('<!ENTITY x "&x;&x;">', '&x;'), weak)).resolves.toBeDefined()
  })

  it('lets entities grow when weak, up to a hard end', async () => {
    expect((await readPrices(bomb(6), weak)).characters).toBeGreaterThan(900_000)
    await expect(readPrices(bomb(9), weak)).rejects.toThrow(`over ${maxExpandedCharacters}`)
  })

  it('refuses growth over the safe limit when not', async () => {
    await expect(readPrices(bomb(6), safe)).rejects.toThrow(`over ${maxSafeCharacters}`)
    expect((await readPrices(bomb(3), safe)).characters).toBeLessThan(maxSafeCharacters)
  })

  it('refuses what is no price list', async () => {
    await expect(readPrices('<html></html>', safe)).rejects.toThrow('no <prices> element')
  })
})
