import type { Call } from '../program/command.ts'
import { consoleLink, hasNoUsers, keepLink } from './console-link.ts'
import type { PartStatus } from './state-file.ts'

/** What the banner says it of. */
export interface BannerFacts {
  readonly call: Call
  readonly dataDir: string
  readonly demo: boolean
  readonly parts: readonly PartStatus[]
}

function urlsOf(parts: readonly PartStatus[], part: string): readonly (readonly [string, string])[] {
  return parts
    .filter(({ name }) => name === part)
    .flatMap(({ listening }) => listening.map(({ name, url }) => [name, url] as const))
}

async function linkRow({
  call,
  dataDir,
  demo,
  parts,
}: BannerFacts): Promise<readonly (readonly [string, string])[]> {
  if (!parts.some(({ name }) => name === 'console')) return []
  if (!demo && !hasNoUsers(dataDir)) return []
  const link = await consoleLink(dataDir)
  if (call.io.isTerminal) return [['log in', `${link}  (works once, for 10 minutes)`]]
  return [['log in', `the link is in ${keepLink(dataDir, link)}`]]
}

/** The URLs, site first, then console, and how to log in. */
export async function printBanner(facts: BannerFacts): Promise<void> {
  const { call, demo, parts, dataDir } = facts
  if (demo) {
    call.io.note(
      'demo profile: one user runs every part, so whoever takes over one part reaches all; packages give each its own user',
    )
  }
  const sites = urlsOf(parts, 'edge')
  const rows = [
    ...sites,
    ...urlsOf(parts, 'console'),
    ...urlsOf(parts, 'ledger'),
    ...(await linkRow(facts)),
    ['data', dataDir] as const,
  ]
  if (call.json) {
    call.io.out(JSON.stringify({ event: 'ready', listen: Object.fromEntries(rows) }))
    return
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  call.io.out(['', ...rows.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`), ''].join('\n'))
  const [first] = sites
  if (demo && first !== undefined) {
    const base = first[1].replace(/\/$/, '')
    const tries = [`curl -i "${base}/search?q=%27%20OR%20%271%27=%271"`]
    // Only Linux has all of 127.0.0.0/8; an address of the machine's own interfaces is never banned.
    if (process.platform === 'linux') {
      tries.push(`for n in $(seq 30); do curl -s -o /dev/null --interface 127.0.0.9 ${base}/nothing-$n; done`)
    }
    call.io.out(`${tries.map((line) => `  try  ${line}`).join('\n')}\n`)
  }
  call.io.note('Ctrl-C stops everything')
}
