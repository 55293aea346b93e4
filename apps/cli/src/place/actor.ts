import { userInfo } from 'node:os'

/** Who acts, for the event of the act: the user of this terminal. */
export function actor(): string {
  try {
    return `cli:${userInfo().username}`
  } catch {
    return 'cli' // a user id without a name, as in some containers
  }
}
