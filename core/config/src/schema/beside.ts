import { z } from 'zod'
import { network, siteListen } from './address.ts'
import { name } from './names.ts'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { duration, size } from './units.ts'

/** An API key: where it is, or the SHA-256 of it. */
function apiKey() {
  return z.union(
    [
      secret(),
      z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits') }),
    ],
    { error: 'must be { file: PATH }, { env: NAME } or { sha256: HEX }: a secret never stands in this file' },
  )
}

/**
 * The judgement of a site, served to another proxy that forwards by itself. Never sees the answer; the body only from
 * bouncers that speak the AppSec protocol.
 */
export const besideSchema = z.strictObject({
  kind: option(
    z.enum(['auth-request', 'forward-auth', 'spoe', 'appsec']),
    'Who asks: nginx (auth_request), Caddy or Traefik (forward auth), HAProxy (SPOE), a CrowdSec bouncer (AppSec).',
  ),
  site: option(name(), 'Whose steps judge.'),
  listen: option(
    siteListen().prefault('127.0.0.1:7422'),
    'Where the other proxy asks; the default is the port of AppSec.',
  ),
  trusted: option(
    z.array(network()).max(64).default(['127.0.0.0/8', '::1/128']),
    'Proxies that may ask; what they say of the client is believed.',
    { security: 'Whoever asks from these networks can claim any client address.' },
  ),
  onDeadEdge: option(
    z.enum(['refuse', 'pass']).default('refuse'),
    'What the other proxy was told to do when nobody answers here; only for events and status.',
    { security: 'pass lets everything through while the edge is away.' },
  ),
  keys: option(
    z.array(apiKey()).max(64).default([]),
    'API keys of bouncers (appsec): where each is, or its SHA-256 in hex.',
  ),
  bodySize: option(
    size({ min: '0B', max: '1GiB' }).prefault('10MiB'),
    'Largest body that a bouncer may show (appsec).',
  ),
  onLongBody: option(
    z.enum(['drop', 'partial', 'allow']).default('drop'),
    'What happens to a body over bodySize: refused; its first inspectedBodySize bytes judged; only the head judged.',
    { security: 'partial and allow let an attack pass behind enough other bytes.' },
  ),
  bodyTimeout: option(
    duration({ min: '100ms', max: '1m' }).prefault('1s'),
    'Longest time that is spent on waiting for a body (appsec). Over it: refused.',
  ),
})
