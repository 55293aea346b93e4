/** Values of the variables match and req for contexts of log events: there is no rule and no request. */
export const alertScope: readonly [match: unknown, request: unknown] = [new Map<string, unknown>(), undefined]
