import { z } from 'zod'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { name } from './site.ts'
import { duration } from './units.ts'

const path = () => z.string().min(1).max(4096)
const webAddress = () =>
  z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[^\s/]+/, 'must be an address such as https://example.org/ping')

const silenceSchema = z.strictObject({
  probeInterval: option(
    duration({ min: '200ms', max: '60s' }).prefault('10s'),
    'How often every part of this host is asked for a signed heartbeat, besides those that it sends.',
  ),
  suspectAfter: option(
    duration({ min: '1s', max: '10m' }).prefault('32s'),
    'A part without a heartbeat for this long is asked directly and through others.',
  ),
  darkAfter: option(
    duration({ min: '2s', max: '1h' }).prefault('42s'),
    'A part without a heartbeat for this long that nobody reaches is an incident.',
    { security: 'A long time gives an intruder who stops a layer more of it.' },
  ),
  pathPatience: option(
    duration({ min: '12s', max: '1h' }).prefault('60s'),
    'How long a live part may owe events that it counted.',
    { security: 'A long time gives an intruder who mutes a log more of it.' },
  ),
  canaryAge: option(
    duration({ min: '10s', max: '1h' }).prefault('150s'),
    'The last canary that was stopped may be this old.',
  ),
  directRequests: option(
    z.int().min(0).max(100_000).default(0),
    'Requests a minute that reach an application past the edge in normal operation, such as health checks.',
    { security: 'So many requests a minute may come past the edge without an alarm.' },
  ),
})

const deadManSchema = z.strictObject({
  url: option(webAddress(), 'Address that is called while all is well; who calls back is somebody else.'),
  interval: option(duration({ min: '5s', max: '1d' }).prefault('60s'), 'How often it is called.'),
})

/** Sigma, silence and incidents. */
export const alertsSchema = z.strictObject({
  rules: option(
    z.array(path()).max(64).default(['builtin']),
    'Sigma rules: `builtin` for our own pack, or folders; relative to this file.',
    { security: 'Without builtin nothing of what the parts report becomes an incident.' },
  ),
  mergeWindow: option(
    duration({ min: '1m', max: '7d' }).prefault('1h'),
    'Alerts that share an actor within this time belong to one incident.',
  ),
  retention: option(
    duration({ min: '1d', max: '3650d' }).prefault('90d'),
    'How long closed incidents are kept.',
  ),
  silence: option(silenceSchema.prefault({}), 'When a part that says nothing becomes an incident.'),
  deadMan: option(
    deadManSchema.optional(),
    'A watcher outside of this host that is called while the backbone works.',
  ),
})

const commandSchema = z.strictObject({
  name: option(name(), 'Name by which playbooks call it.'),
  run: option(
    z.array(z.string().min(1).max(4096)).min(1).max(64),
    'Program with its arguments; no shell reads them. `{{…}}` stands for one value of the incident.',
    { security: 'Runs with the rights of the alerts process.' },
  ),
})

const mailSchema = z.strictObject({
  host: option(z.string().min(1).max(253), 'Name of the mail server.'),
  port: option(z.int().min(1).max(65_535).default(587), 'Port of the mail server.'),
  from: option(z.email(), 'Address of the sender.'),
  user: option(z.string().min(1).max(256).optional(), 'Login name, where it wants one.'),
  key: option(secret().optional(), 'Where its password is: { file: PATH } or { env: NAME }.'),
})

/** Playbooks. */
export const playbooksSchema = z.strictObject({
  folders: option(z.array(path()).max(64).default([]), 'Folders with playbooks; relative to this file.'),
  neverAct: option(
    z.array(z.string().min(1).max(256)).max(4096).default([]),
    'Addresses, networks and user names that no playbook acts on.',
  ),
  commands: option(z.array(commandSchema).max(64).default([]), 'Programs that playbooks may run.'),
  hosts: option(
    z.array(z.string().min(1).max(253)).max(256).default([]),
    'Hosts of webhooks that may be loopback or private addresses.',
    { security: 'A host here can be reached from a playbook although it is not public.' },
  ),
  mail: option(mailSchema.optional(), 'Server for mail.'),
})
