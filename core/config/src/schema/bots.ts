import { z } from 'zod'
import { filePath, pathPattern } from './names.ts'
import { option } from './option.ts'
import { duration } from './units.ts'

const policy = () => z.enum(['allow', 'limit', 'refuse'])

/** What a site does about programs that visit it. */
export const botsSchema = z.strictObject({
  crawlers: option(
    z.enum(['verify', 'ignore']).default('verify'),
    'Whether who claims to be a search engine must prove it: by a published range, or by a name that leads back to its address.',
  ),
  ranges: option(
    z
      .array(
        z.strictObject({
          crawler: option(z.string().min(1).max(64), 'Name of the crawler, such as Googlebot.'),
          file: option(filePath(), 'Its published ranges: JSON with prefixes, or one network a line.'),
        }),
      )
      .max(64)
      .default([]),
    'Published address ranges of crawlers; where one is given, no name is looked up.',
  ),
  dnsServers: option(
    z
      .array(
        z
          .string()
          .regex(
            /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/,
            'must be an address, with or without port',
          ),
      )
      .max(8)
      .default([]),
    'Servers that names are looked up with; those of the system when empty.',
  ),
  ai: option(
    z
      .strictObject({
        default: option(policy().default('allow'), 'For AI crawlers without an entry of their own.'),
        agents: option(
          z.record(z.string().min(1).max(64), policy()).default({}),
          'For single agents by name, such as GPTBot.',
        ),
        perMinute: option(
          z.int().min(1).max(100_000).default(30),
          'Requests a minute of each agent under the policy limit.',
        ),
      })
      .prefault({}),
    'AI crawlers: allow, limit or refuse; robots.txt says the same.',
  ),
  scanners: option(
    z.enum(['refuse', 'pass']).default('refuse'),
    'Whether programs that name themselves as attack tools are refused.',
  ),
  robots: option(
    z.enum(['auto', 'upstream']).default('auto'),
    'Auto: the edge answers /robots.txt once an AI crawler is limited or refused; upstream: the service always does.',
  ),
  robotsFile: option(filePath().optional(), 'Text that the answer of the edge to /robots.txt starts with.'),
  honeypots: option(
    z
      .strictObject({
        paths: option(
          z.array(pathPattern()).max(256).default([]),
          'Paths that nobody has a reason to ask for: who does is refused and banned.',
          { security: 'A path that a page links to bans visitors.' },
        ),
        fields: option(
          z.array(z.string().min(1).max(64)).max(64).default([]),
          'Form fields that people do not see: who fills one in is refused and banned.',
        ),
      })
      .prefault({}),
    'Traps for programs that try whatever they find.',
  ),
})

/** When a browser must show that it is one. */
export const challengeSchema = z.strictObject({
  when: option(
    z.enum(['never', 'suspicious', 'always']).default('suspicious'),
    'Who is challenged: nobody, browsers whose requests do not fit their name, or every browser.',
  ),
  score: option(z.int().min(1).max(30).default(7), 'Points from which a browser is suspicious.'),
  exclude: option(
    z.array(pathPattern()).max(256).default([]),
    'Paths that are never challenged, besides those of feeds, repositories and health checks.',
  ),
  difficulty: option(
    z.int().min(8).max(22).default(14),
    'Bits of work of the easiest challenge: each bit doubles the time.',
  ),
  maximumDifficulty: option(z.int().min(8).max(24).default(19), 'Bits of work of the hardest challenge.'),
  lifetime: option(
    duration({ min: '1m', max: '30d' }).prefault('12h'),
    'How long a solved challenge is good for.',
  ),
  budget: option(
    z.int().min(10).max(1_000_000).default(5000),
    'Requests that a solved challenge is good for.',
  ),
  withoutScript: option(
    z.boolean().default(true),
    'Whether a browser without scripts may wait instead of computing; it gets a tenth of the budget.',
    { security: 'A program can wait, too.' },
  ),
})
