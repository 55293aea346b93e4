import { z } from 'zod'
import { listen, network } from './address.ts'
import { mode } from './mode.ts'
import { option } from './option.ts'
import { duration, size } from './units.ts'

/** Disk for everything that Sevenfold keeps. */
export const storageSchema = z.strictObject({
  budget: option(
    size({ min: '64MiB', max: '1024TiB' }).prefault('2GiB'),
    'Disk for segments, index, spools and audit logs together.',
    { security: 'A small budget shortens how far back evidence reaches.' },
  ),
})

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** The console. */
export const consoleSchema = z.strictObject({
  listen: option(listen().prefault('127.0.0.1:7770'), 'Where the console listens.', {
    security: 'Beyond loopback only with admin.trusted.',
  }),
  hosts: option(
    z.array(z.string().min(1).max(253)).min(1).max(64).default(loopbackHosts),
    'Host headers that the console answers to.',
    { security: 'A foreign name here opens the console to rebinding pages.' },
  ),
  sessionIdle: option(
    duration({ min: '1m', max: '1d' }).prefault('30m'),
    'A session ends after this time without a request.',
  ),
  sessionMax: option(
    duration({ min: '5m', max: '7d' }).prefault('12h'),
    'A session ends after this time in any case.',
  ),
})

/** Who administers, and from where. */
export const adminSchema = z.strictObject({
  trusted: option(
    z.array(network()).max(256).default([]),
    'Networks from which the admin surfaces may be reached; empty means loopback only.',
    { security: 'Names networks that may try to log in.' },
  ),
  console: option(consoleSchema.prefault({}), 'The console.'),
})

/** The runtime layer. */
export const runtimeSchema = z.strictObject({
  mode: option(mode().default('monitor'), 'Mode of the agents in the applications.', {
    security: 'off and monitor stop nothing.',
  }),
})
