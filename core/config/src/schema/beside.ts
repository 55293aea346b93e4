import { z } from 'zod'
import { network, siteListen } from './address.ts'
import { name } from './names.ts'
import { option } from './option.ts'

/** The judgement of a site, served to another proxy that forwards by itself. Sees neither body nor answer. */
export const besideSchema = z.strictObject({
  kind: option(
    z.enum(['auth-request', 'forward-auth', 'spoe']),
    'Who asks: nginx (auth_request), Caddy or Traefik (forward auth), HAProxy (SPOE).',
  ),
  site: option(name(), 'Whose steps judge.'),
  listen: option(siteListen(), 'Where the other proxy asks.'),
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
})
