import { z } from 'zod'
import { option } from './option.ts'

const headerText = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\u0020-\u007e]*$/, 'must be printable ASCII on one line')

/** Header lines that the edge adds to answers that lack them. */
export const headersSchema = z.strictObject({
  nosniff: option(z.boolean().default(true), 'X-Content-Type-Options: nosniff.'),
  frame: option(z.enum(['off', 'deny', 'sameorigin']).default('sameorigin'), 'X-Frame-Options.'),
  referrer: option(
    z
      .enum(['off', 'no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin'])
      .default('strict-origin-when-cross-origin'),
    'Referrer-Policy.',
  ),
  permissions: option(headerText(1024).default(''), 'Permissions-Policy; none when empty.'),
  csp: option(
    z
      .strictObject({
        mode: option(
          z.enum(['off', 'report', 'enforce']).default('off'),
          'Whether pages carry no policy, one that only reports, or one that browsers enforce.',
        ),
        policy: option(
          headerText(4096).default(
            "default-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
          ),
          'Content-Security-Policy.',
        ),
        collect: option(
          z.boolean().default(true),
          'Whether browsers send reports to the edge; sevenfold edge csp makes a proposal of them.',
        ),
      })
      .prefault({}),
    'Content-Security-Policy of pages that have none.',
  ),
  cookies: option(
    z
      .strictObject({
        secure: option(
          z.enum(['off', 'auto', 'always']).default('auto'),
          'Secure on every cookie: auto on encrypted connections.',
        ),
        httpOnly: option(
          z.enum(['off', 'session', 'all']).default('session'),
          'HttpOnly: session on cookies whose name says session, sid, auth or token, but not csrf or xsrf.',
        ),
        sameSite: option(
          z.enum(['off', 'lax', 'strict']).default('lax'),
          'SameSite on cookies that say nothing of it.',
        ),
      })
      .prefault({}),
    'Attributes that cookies get when they lack them.',
  ),
})
