import { z } from 'zod'

/** Where a secret is; the secret itself never stands in the configuration. */
export type SecretReference = { readonly file: string } | { readonly env: string }

const wrong = 'must be { file: PATH } or { env: NAME }: a secret never stands in this file'

/** A secret, by reference only. A literal value is an error that says so, without repeating the value. */
export function secret() {
  return z.union(
    [
      z.strictObject({ file: z.string().min(1).max(4096) }),
      z.strictObject({
        env: z.string().regex(/^[A-Z_][A-Z0-9_]{0,127}$/, 'must be a name such as SEVENFOLD_KEY'),
      }),
    ],
    { error: wrong },
  )
}
