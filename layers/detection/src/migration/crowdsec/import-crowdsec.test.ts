import { describe, expect, it } from 'vitest'
import { DetectionError } from '../../detection-error.ts'
import { importCrowdsec } from './import-crowdsec.ts'
import type { CrowdsecFolder } from './import-crowdsec.ts'

const files: Readonly<Record<string, string>> = {
  'profiles.yaml': 'name: one\nfilters: ["true"]\nnotifications: [slack_default]\n',
  'simulation.yaml': 'simulation: off\nexclusions: [crowdsecurity/ssh-bf]\n',
  'acquis.yaml':
    'filenames: [/var/log/auth.log]\nlabels: {type: syslog}\n---\nsource: kafka\nlabels: {type: x}\n',
  'acquis.d/nginx.yaml': 'filename: /var/log/nginx/access.log\nlabels: {type: nginx}\n',
  'scenarios/mine.yaml': 'type: trigger\nname: me/mine\n',
  'scenarios/ssh-bf.yaml': 'name: crowdsecurity/ssh-bf\n',
  'parsers/s02-enrich/office.yaml':
    'name: me/office\nwhitelist:\n  reason: office\n  ip: [203.0.113.5, nonsense]\n  cidr: [198.51.100.0/24]\n  expression: ["true"]\n',
  'data/words.txt': 'a\n',
  'notifications/slack.yaml': 'type: slack\n',
  'online_api_credentials.yaml': '',
  'bouncers/crowdsec-firewall-bouncer.yaml': '',
  'local_api_credentials.yaml': '',
}
const folder = (change: Partial<CrowdsecFolder> = {}): CrowdsecFolder => ({
  read: (path) => files[path],
  listed: Object.keys(files),
  isLink: (path) => path === 'scenarios/ssh-bf.yaml',
  checkProfiles: () => [{ name: 'one', notifications: ['slack_default'] }],
  ...change,
})

describe('a folder of CrowdSec', () => {
  const migration = importCrowdsec(folder())
  const made = (path: string): string | undefined => migration.files.find((file) => file.path === path)?.text
  const said = (what: string): string =>
    migration.report.find((item) => item.what.startsWith(what))?.carry ?? ''

  it('gives its own rules, profiles, sources and data unchanged', () => {
    for (const path of [
      'scenarios/mine.yaml',
      'profiles.yaml',
      'acquis.yaml',
      'acquis.d/nginx.yaml',
      'data/words.txt',
    ])
      expect(made(path)).toBe(files[path])
    expect(made('scenarios/ssh-bf.yaml')).toBeUndefined()
    expect(said('1 items of the hub')).toBe('partly')
  })

  it('gives the addresses of its whitelists for every place where they count', () => {
    expect(made('allowlist.txt')).toBe('203.0.113.5\n198.51.100.0/24\n')
    expect(said('whitelist me/office, expressions')).toBe('carried')
  })

  it('names what has no counterpart', () => {
    expect(said('acquis.yaml: kafka')).toBe('not-carried')
    expect(said('acquis.d/nginx.yaml: /var/log/nginx/access.log')).toBe('carried')
    expect(said('profile one, notifications')).toBe('not-carried')
    expect(said('notifications')).toBe('not-carried')
    expect(said('Central API')).toBe('not-carried')
    expect(said('bouncers')).toBe('partly')
    expect(said('machines')).toBe('partly')
  })

  it('says how simulation is written here', () => {
    const item = migration.report.find(({ what }) => what === 'simulation.yaml')
    expect(item?.note).toContain('{ all: false, scenarios: [crowdsecurity/ssh-bf] }')
  })

  it('with profiles that do not compile says where, and leaves them out', () => {
    const broken = importCrowdsec(
      folder({
        checkProfiles: () => {
          throw new DetectionError('DETECTION_BAD_PROFILE', 'profiles.yaml:3:5: no such name')
        },
      }),
    )
    expect(broken.files.some(({ path }) => path === 'profiles.yaml')).toBe(false)
    expect(broken.report.find(({ what }) => what === 'profiles.yaml')).toMatchObject({
      carry: 'not-carried',
      note: 'profiles.yaml:3:5: no such name',
    })
  })

  it('that is empty gives nothing and does not fall over', () => {
    const empty = importCrowdsec({ ...folder(), read: () => undefined, listed: [] })
    expect(empty.files).toEqual([])
  })
})

describe('decisions of CrowdSec', () => {
  const decision = (value: string, origin: string, duration = '3h59m58.123s') => ({
    scope: 'Ip',
    value,
    type: 'ban',
    origin,
    duration,
    scenario: 'manual',
  })
  const carried = (decisions: unknown): unknown => {
    const { files: made } = importCrowdsec(
      folder({ decisions: typeof decisions === 'string' ? decisions : JSON.stringify(decisions) }),
    )
    return JSON.parse(made.find(({ path }) => path === 'decisions.json')?.text ?? 'null')
  }

  it('by hand are carried, from cscli or from the Local API', () => {
    const wanted = { decisions: [expect.objectContaining({ value: '192.0.2.1', duration: '3h59m58s' })] }
    const list = [
      decision('192.0.2.1', 'cscli'),
      decision('192.0.2.2', 'crowdsec'),
      decision('192.0.2.3', 'cscli', '-5s'),
    ]
    expect(carried(list)).toEqual(wanted)
    expect(
      carried([
        { id: 1, decisions: list },
        { id: 2, decisions: null },
      ]),
    ).toEqual(wanted)
  })

  it('that are no list give nothing', () => {
    for (const text of ['', '{', '{}', 'null', '[1,2]']) expect(carried(text)).toBeNull()
  })
})
