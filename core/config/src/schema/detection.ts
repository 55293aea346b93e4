import { z } from 'zod'
import { listen, network } from './address.ts'
import { mode } from './mode.ts'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { name } from './site.ts'
import { duration } from './units.ts'

const bouncerSchema = z.strictObject({
  name: option(name(), 'Name of the bouncer.'),
  key: option(secret(), 'Where its API key is: { file: PATH } or { env: NAME }.'),
})

const sourceSchema = z.strictObject({
  file: option(z.string().min(1).max(4096), 'Log file to follow; relative to this file.'),
  format: option(z.enum(['json-access', 'nginx']), 'Form of its lines.'),
  site: option(name().optional(), 'Site whose log it is.'),
})

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** The detection layer. */
export const detectionSchema = z.strictObject({
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
          { security: 'Beyond loopback only with admin.trusted.' },
        ),
        hosts: option(
          z.array(z.string().min(1).max(253)).min(1).max(64).default(loopbackHosts),
          'Host headers that the Local API answers to.',
        ),
        bouncers: option(
          z.array(bouncerSchema).max(256).default([]),
          'Bouncers that exist from the first start; others are added with the command bouncers add.',
        ),
      })
      .prefault({}),
    'The Local API for bouncers.',
  ),
  neverBan: option(
    z.array(network()).max(4096).default([]),
    'Addresses and networks that are never banned.',
    { security: 'Attacks from these addresses are not answered by a ban.' },
  ),
  banDuration: option(duration({ min: '1s', max: '365d' }).prefault('4h'), 'How long a ban holds.'),
  sources: option(
    z.array(sourceSchema).max(64).default([]),
    'Logs of the applications: detection sees through them when the edge is off.',
  ),
})
