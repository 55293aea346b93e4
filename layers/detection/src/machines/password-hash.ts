import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Shortest and longest password of a machine. */
export const passwordLength = { min: 12, max: 512 } as const
// 16 MiB and some 50 ms each: a stolen file is slow to guess, a log-in once an hour does not hurt.
const cost = { N: 16_384, r: 8, p: 1 } as const
const hashBytes = 32

function derive(
  password: string,
  salt: Buffer,
  options: { N: number; r: number; p: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** A password as it is stored: `scrypt$N$r$p$salt$hash`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** True when the password is the one that was hashed; false also for a stored text that is no hash of ours. */
export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const match = /^scrypt\$(\d{1,6})\$(\d)\$(\d)\$([\w-]{16,64})\$([\w-]{43})$/.exec(stored)
  if (match === null) return false
  const [, N = '', r = '', p = '', salt = '', hash = ''] = match
  const key = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return timingSafeEqual(key, Buffer.from(hash, 'base64url'))
}
