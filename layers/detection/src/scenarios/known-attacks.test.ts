import { describe, expect, it } from 'vitest'
import type { BehaviourEvent } from '@sevenfold/behaviour'
import { attackTools, badUserAgent, exploitPaths, knownExploits } from './known-attacks.ts'

const access = (meta: Readonly<Record<string, string>>): BehaviourEvent => ({
  time: 0,
  meta: { log_type: 'http_access-log', source_ip: '192.0.2.1', ...meta },
})
const agent = (text: string): boolean => badUserAgent.filter(access({ http_user_agent: text }))
const path = (text: string): boolean => knownExploits.filter(access({ http_path: text }))

describe('tools that are made for attacks', () => {
  it.each([
    'sqlmap/1.8.2#stable (https://sqlmap.org)',
    'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:000001)',
    'Mozilla/5.0 zgrab/0.x',
    'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
    'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    'gobuster/3.6',
    'WPScan v3.8.25 (https://wpscan.com/)',
  ])('are known: %s', (text) => {
    expect(agent(text)).toBe(true)
  })

  it.each([
    '',
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'python-requests/2.32.0',
    'Apache-HttpClient/4.5.14 (Java/17)',
    'Prometheus/2.53.0',
  ])('do not include %j', (text) => {
    expect(agent(text)).toBe(false)
  })
})

describe('paths of known holes', () => {
  it.each([
    '/.env',
    '/app/.git/config',
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
    '/_ignition/execute-solution',
    '/cgi-bin/.%2e/.%2e/.%2e/bin/sh',
    '/manager/html',
    '/${jndi:ldap://x/a}',
    '/HNAP1/',
  ])('are known: %s', (text) => {
    expect(path(text)).toBe(true)
  })

  it.each([
    '/',
    '/products/12',
    '/environment',
    '/.well-known/security.txt',
    '/wp-content/themes/a.css',
    '/docs/git/config',
    '/api/containers',
  ])('do not include %j', (text) => {
    expect(path(text)).toBe(false)
  })

  it('and names of tools are in lower case, since that is what they are compared with', () => {
    for (const part of [...attackTools, ...exploitPaths]) expect(part).toBe(part.toLowerCase())
  })

  it('count in answered requests only', () => {
    expect(knownExploits.filter({ time: 0, meta: { log_type: 'auth_failed', http_path: '/.env' } })).toBe(
      false,
    )
  })
})
