/** Path of the heartbeat endpoint of every receiver. */
export const heartbeatPath = '/v1/heartbeats'
