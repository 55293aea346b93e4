import fs from 'node:fs'
import Module from 'node:module'

// As Node has it: what the agent puts in its place would judge the agent's own reading.
const { readFileSync } = fs

// Sources that are read for addresses, the length of each, and addresses that are kept.
const maxSources = 500
const longestSource = 1_048_576
const maxAddresses = 5_000

const address = /https?:\/\/[^\s'"`<>\\]{3,300}/g
const readable = /\.(?:[cm]?js|json)$/

/** Addresses that stand in a source as they are. */
export function addressesIn(source: string): readonly string[] {
  return source.slice(0, longestSource).match(address) ?? []
}

const seen = new Set<string>()
const known = new Set<string>()

function readOwnSources(): void {
  const cache = (Module as unknown as { readonly _cache?: Readonly<Record<string, unknown>> })._cache ?? {}
  for (const file of [process.argv[1] ?? '', ...Object.keys(cache)]) {
    if (seen.size >= maxSources || known.size >= maxAddresses) return
    if (seen.has(file) || !readable.test(file) || file.includes('node_modules')) continue
    seen.add(file)
    try {
      for (const one of addressesIn(readFileSync(file, 'utf8'))) known.add(one)
    } catch {
      continue // it is gone, or was never a file
    }
  }
}

/**
 * True for an address that the application's own sources name: a list of sites that it sends visitors to on purpose. They
 * are read when a redirect would be refused and not before.
 */
export function isOwnAddress(text: string): boolean {
  readOwnSources()
  return known.has(text)
}
