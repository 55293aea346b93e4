import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const shared = process.env['SEVENFOLD_SHARED'] ?? join(root, '..', 'shared')

/** All `@rx` patterns of the Core Rule Set as Latin-1 strings, in file order; empty when the data is not there. */
export function crsPatterns() {
  const folder = join(shared, 'crs', 'rules')
  if (!existsSync(folder)) return []
  const patterns = []
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.conf')) continue
    const text = readFileSync(join(folder, file), 'latin1').replace(/\\\n\s*/g, ' ')
    for (const match of text.matchAll(/"!?@rx ((?:[^"\\]|\\.)*)"/g))
      patterns.push(match[1].replaceAll('\\"', '"'))
  }
  return patterns
}

/** Header and parameter values of ordinary requests: made from a seed, none twice. */
export function benignValues(count) {
  let seed = 20_240_601
  const random = (limit) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((seed / 2 ** 32) * limit)
  }
  const words =
    'the order of a customer was shipped to Berlin on monday please select your size and colour update profile John name'.split(
      ' ',
    )
  const makers = [
    () => String(random(1_000_000)),
    () => Array.from({ length: 3 + random(20) }, () => words[random(words.length)]).join(' '),
    () => `/${words[random(words.length)]}/${random(10_000)}/${words[random(words.length)]}.html`,
    () => `Mozilla/5.0 (X11; Linux x86_64; rv:${random(130)}.0) Gecko/20100101 Firefox/${random(130)}.0`,
    () => `${words[random(words.length)]}${random(1000)}@example.com`,
    () => 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    () => `session=${random(2 ** 31).toString(36)}${random(2 ** 31).toString(36)}; theme=dark; lang=en-GB`,
    () => `It's ${random(24)}:30 (GMT+${random(12)}), isn't it? Price: $${random(100)}.99 & up`,
    () => `https://shop.example.com/item?id=${random(10_000)}&ref=${words[random(words.length)]}`,
  ]
  return Array.from({ length: count }, () => makers[random(makers.length)]())
}
