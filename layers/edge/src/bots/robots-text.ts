import type { AiPolicies } from './ai-policies.ts'

/** Longest text of one's own that the answer starts with, characters. */
export const maxRobotsLength = 65_536

/** The robots.txt (RFC 9309) that says what the policies do. @param own text of the site's own, may be empty. */
export function robotsText(policies: AiPolicies, own: string): string {
  const groups = policies.restricted.map(({ agent, policy }) =>
    policy === 'refuse'
      ? `User-agent: ${agent}\nDisallow: /\n`
      : `User-agent: ${agent}\nCrawl-delay: ${policies.secondsBetween}\n`,
  )
  const start = own.trim() === '' ? 'User-agent: *\nDisallow:\n' : `${own.trim()}\n`
  return [start, ...groups].join('\n')
}
