import { z } from 'zod'
import { listen, network } from './address.ts'
import { apiTlsSchema } from './detection-api-tls.ts'
import { feedsSchema } from './detection-feeds.ts'
import { sourceSchema } from './detection-source.ts'
import { mode } from './mode.ts'
import { detectionHostsSchema } from './hosts.ts'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { name } from './site.ts'
import { duration } from './units.ts'

const bouncerSchema = z.strictObject({
  name: option(name(), 'Name of the bouncer.'),
  key: option(secret(), 'Where its API key is: { file: PATH } or { env: NAME }.'),
})

const hubSchema = z.strictObject({
  folder: option(
    z.string().min(1).max(4096),
    'Folder with rules of the CrowdSec hub (parsers, scenarios, postoverflows, contexts, patterns), such as /etc/crowdsec.',
    { security: 'Rules decide who is banned: only root should be able to write here.' },
  ),
  data: option(
    z.string().min(1).max(4096).optional(),
    'Folder with the data files that rules name; data in the hub folder by default.',
  ),
  collections: option(
    z.array(z.string().min(1).max(256)).max(256).default([]),
    'Only the rules of these collections, such as crowdsecurity/nginx; all rules of the folder by default.',
  ),
  edgeEvents: option(
    z.boolean().default(true),
    'Whether the requests that the edge sees go to hub scenarios too. Switch it off where a followed log holds the same requests.',
  ),
})

const filePath = (): z.ZodString => z.string().min(1).max(4096)

const enforcementSchema = z.strictObject({
  nftables: option(
    z
      .strictObject({
        table: option(
          z
            .string()
            .regex(/^[a-zA-Z][\w-]{0,30}$/, 'must be a name of letters, digits, _ and -')
            .default('sevenfold'),
          'Table that holds the sets and the drops; nothing else is touched.',
        ),
        priority: option(
          z.number().int().min(-400).max(-101).default(-150),
          'Priority of the chain in prerouting; before -100, where ports are forwarded to containers.',
        ),
        onStop: option(
          z.enum(['keep', 'remove']).default('keep'),
          'What becomes of the bans when detection stops: kept until they end, or removed at once.',
          { security: 'remove lets everybody in while detection is down.' },
        ),
      })
      .optional(),
    'Drops banned addresses in the kernel of this machine; needs the program nft and the right to use it.',
  ),
  haproxyMap: option(
    z
      .strictObject({
        file: option(filePath(), 'Map file: address or range, and the type of the decision.'),
        reload: option(
          z.array(z.string().min(1).max(4096)).min(1).max(64).optional(),
          'Command that makes HAProxy read the file anew, as program and arguments; no shell.',
        ),
      })
      .optional(),
    'Writes banned addresses as a map file of HAProxy.',
  ),
  nginxMap: option(
    z
      .strictObject({
        file: option(filePath(), 'File to include in a geo block of nginx.'),
        reload: option(
          z.array(z.string().min(1).max(4096)).min(1).max(64).optional(),
          'Command that makes nginx read the file anew, as program and arguments; no shell.',
        ),
      })
      .optional(),
    'Writes banned addresses for a geo block of nginx.',
  ),
  command: option(
    z
      .strictObject({
        run: option(
          z.array(z.string().min(1).max(4096)).min(1).max(64),
          'Program and arguments; add or del, value, seconds and scenario follow, the decision comes on its input as JSON; no shell.',
        ),
        timeout: option(duration({ min: '100ms', max: '5m' }).prefault('10s'), 'How long one run may take.'),
      })
      .optional(),
    'Runs a program for each change of an address.',
  ),
})

const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.')
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** The detection layer. */
export const detectionSchema = z.strictObject({
  hosts: option(
    detectionHostsSchema.optional(),
    'Other hosts: where their edges send events and read decisions.',
  ),
  mode: option(
    mode().default('enforce'),
    'Mode of the layer: monitor decides and records, but gives nothing out.',
    { security: 'off and monitor ban nobody.' },
  ),
  api: option(
    z
      .strictObject({
        listen: option(
          listen().prefault('127.0.0.1:7780'),
          'Where the Local API (CrowdSec compatible) listens.',
          { security: 'Beyond loopback only with tls, and for the networks of admin.trusted.' },
        ),
        tls: option(
          apiTlsSchema.optional(),
          'Encryption; beyond loopback the Local API is not opened without it.',
        ),
        hosts: option(
          z.array(z.string().min(1).max(253)).min(1).max(64).default(loopbackHosts),
          'Host headers that the Local API answers to, besides the address that it listens on.',
        ),
        bouncers: option(
          z.array(bouncerSchema).max(256).default([]),
          'Bouncers that exist from the first start; others are added with the command bouncers add.',
        ),
        registrationToken: option(
          secret().optional(),
          'Where the token is that lets a CrowdSec agent register itself; without one, each waits to be accepted.',
          {
            security:
              'Whoever knows it can report alerts, which act on users and sessions, not on addresses.',
          },
        ),
      })
      .refine(({ listen: { host }, tls }) => tls !== undefined || isLoopback(host), {
        path: ['listen'],
        message: 'is reachable from other machines, which needs detection.api.tls; else listen on 127.0.0.1',
      })
      .prefault({}),
    'The Local API for bouncers.',
  ),
  neverBan: option(
    z.array(network()).max(4096).default([]),
    'Addresses and networks that are never banned.',
    { security: 'Attacks from these addresses are not answered by a ban.' },
  ),
  banDuration: option(duration({ min: '1s', max: '365d' }).prefault('4h'), 'How long a first ban holds.'),
  escalation: option(
    z
      .strictObject({
        factor: option(
          z.number().min(1).max(100).default(2),
          'Each further ban of the same source within 30 days lasts this many times the one before; 1 switches it off.',
        ),
        max: option(
          duration({ min: '1s', max: '365d' }).prefault('7d'),
          'Longest ban that repetition leads to.',
        ),
      })
      .prefault({}),
    'How bans of repeat offenders grow.',
  ),
  profiles: option(
    z.string().min(1).max(4096).optional(),
    'File of profiles in the form of CrowdSec; without one, what a scenario wants answered is banned for banDuration.',
  ),
  simulation: option(
    z
      .strictObject({
        all: option(z.boolean().default(false), 'Every scenario is only tried out.', {
          security: 'true bans nobody.',
        }),
        scenarios: option(
          z.array(z.string().min(1).max(256)).max(4096).default([]),
          'Scenarios that are only tried out, or with all: those that are not.',
        ),
      })
      .prefault({}),
    'Scenarios whose decisions are recorded and shown, and given to nobody.',
  ),
  enforcement: option(
    enforcementSchema.prefault({}),
    'Where this machine enforces decisions besides the edge.',
  ),
  feeds: option(feedsSchema.prefault({}), 'Threat feeds, and sharing with other installations.'),
  hub: option(hubSchema.optional(), 'Rules of the CrowdSec hub beside the scenarios that are built in.'),
  sources: option(
    z.array(sourceSchema).max(64).default([]),
    'Logs of the applications: detection sees through them when the edge is off.',
  ),
})
