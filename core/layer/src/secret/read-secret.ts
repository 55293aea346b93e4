import { readFileSync } from 'node:fs'

/** Where a secret is. */
export type SecretPlace = { readonly file: string } | { readonly env: string }

/** The secret at a place, without white space around it. Throws an `Error` that names the place and never the secret. */
export function readSecret(place: SecretPlace): string {
  const text = 'env' in place ? (process.env[place.env] ?? '') : readFileSync(place.file, 'utf8')
  const secret = text.trim()
  if (secret !== '') return secret
  throw new Error('env' in place ? `environment variable ${place.env} is empty` : `${place.file} is empty`)
}
