import { describe, expect, it } from 'vitest'
import { readConfig } from '../index.ts'

function problems(text: string): readonly string[] {
  const read = readConfig(`version: 1\n${text}`, 'x')
  return read.ok ? [] : read.problems.map(({ message }) => message)
}

const site = (more: string, name = 'a', port = 7700): string =>
  `  - { name: ${name}, listen: "127.0.0.1:${port}", upstream: "http://127.0.0.1:9000", ${more} }\n`
const files = 'certificates: [{ certificate: ./a.pem, key: ./a.key }]'

describe('the options of connections', () => {
  const good = {
    'tls from files': `sites:\n${site(`tls: { ${files} }`)}`,
    'acme with a redirect': `sites:\n${site('hosts: [a.example], tls: { acme: {}, redirect: "127.0.0.1:7780" }')}detection: { api: { listen: "127.0.0.1:7999" } }\n`,
    'acme by DNS for a wildcard': `sites:\n${site('hosts: ["*.a.example"], tls: { acme: { challenge: dns-01, dnsCommand: [./set] } }')}`,
    'a Unix socket': `sites:\n  - { name: a, listen: "unix:./a.sock", upstream: "http://127.0.0.1:9000" }\n`,
    'judgement beside nginx': `sites:\n${site('mode: enforce')}edge: { beside: [{ kind: auth-request, site: a, listen: "127.0.0.1:7701" }] }\n`,
    'judgement for bouncers': `sites:\n${site('mode: enforce')}edge: { beside: [{ kind: appsec, site: a, keys: [{ sha256: ${'0a'.repeat(32)} }] }] }\n`,
    'several services': `sites:\n${site('pool: { targets: ["http://127.0.0.1:9001"] }')}`,
  }
  for (const [name, text] of Object.entries(good)) {
    it(`fit together: ${name}`, () => expect(problems(text)).toEqual([]))
  }

  const bad: readonly (readonly [name: string, text: string, said: string])[] = [
    ['tls without certificate', site('tls: {}'), 'has tls without a certificate'],
    ['both sources', site(`tls: { ${files}, acme: { domains: [a.b] }, redirect: "127.0.0.1:80" }`), 'from files and from acme'],
    ['acme for every host', site('tls: { acme: {}, redirect: "127.0.0.1:80" }'), 'for the host *'],
    ['http-01 without plain address', site('hosts: [a.b], tls: { acme: {} }'), 'needs a plain address'],
    ['dns-01 without command', site('hosts: [a.b], tls: { acme: { challenge: dns-01 } }'), 'needs a command'],
    ['a wildcard by http-01', site('hosts: ["*.a.b"], tls: { acme: {}, redirect: "127.0.0.1:80" }'), 'needs the challenge dns-01'],
    ['one of two with tls', site(`hosts: [a.b], tls: { ${files} }`) + site('hosts: [c.d]', 'b'), 'only one has tls'],
    ['http and https services', site('pool: { targets: ["https://127.0.0.1:9001"] }'), 'or all of them https'],
    ['a certificate without key', site('pool: { tls: { certificate: ./c.pem } }'), 'needs its key'],
  ] // prettier-ignore
  for (const [name, text, said] of bad) {
    it(`do not fit together: ${name}`, () => expect(problems(`sites:\n${text}`).join('\n')).toContain(said))
  }

  it('name an unknown site beside another proxy', () => {
    const text = `sites:\n${site('mode: enforce')}edge: { beside: [{ kind: spoe, site: b, listen: "unix:./s" }] }\n`
    expect(problems(text)).toEqual(['there is no site b'])
  })

  it('ask for an API key where bouncers ask', () => {
    const text = `sites:\n${site('mode: enforce')}edge: { beside: [{ kind: appsec, site: a }] }\n`
    expect(problems(text)).toEqual(['appsec needs an API key: without one nobody may ask'])
  })

  it('take no API key itself, and do not repeat it', () => {
    const keys = 'keys: [hunter2hunter2hunter2]'
    const said = problems(
      `sites:\n${site('mode: enforce')}edge: { beside: [{ kind: appsec, site: a, ${keys} }] }\n`,
    )
    expect(said.join()).toContain('a secret never stands in this file')
    expect(said.join()).not.toContain('hunter2')
  })

  it('refuse two listeners on one port, also of a redirect', () => {
    const text = `sites:\n${site(`tls: { ${files}, redirect: "127.0.0.1:7700" }`)}`
    expect(problems(text).join()).toContain('listen on the same port 7700')
  })
})
