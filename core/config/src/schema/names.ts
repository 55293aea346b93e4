import { z } from 'zod'

/** Stable short name: lower-case letters, digits, hyphens. */
export function name() {
  return z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits or hyphens')
}

/** Path of a URL, exact or ending in `*`. */
export function pathPattern() {
  return z
    .string()
    .max(1024)
    .regex(/^\/[^\s*?#]*\*?$/, 'must be a path such as /login or /api/*')
}

/** Path of a file, relative to the configuration. */
export function filePath() {
  return z.string().min(1).max(4096)
}
