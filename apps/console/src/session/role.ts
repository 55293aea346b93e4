/** What somebody may do: look; ban, unban and strengthen; also weaken and manage people. */
export const roles = ['viewer', 'responder', 'admin'] as const

/** One of the three roles, from least to most. */
export type Role = (typeof roles)[number]

/** True when `role` may do what `needed` may. */
export function mayAct(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

/** True for the name of a role. */
export function isRole(name: unknown): name is Role {
  return roles.some((role) => role === name)
}
