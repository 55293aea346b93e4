/** Where an enrolled host waits for orders, and where it answers. */
export const controlPaths = { orders: '/v1/control', answers: '/v1/control-answers' } as const
/** The stream of orders carries an empty line at least this often, in milliseconds. */
export const controlBeatMs = 15_000
