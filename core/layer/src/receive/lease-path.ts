/** Path of the lease endpoint: a writer on another host says that it, and nobody else, uses its data folder. */
export const leasePath = '/v1/lease'
/** Header that names the running process on every request to another host. */
export const instanceHeader = 'sevenfold-instance'
/** Header that names the writer on requests that carry no batch. */
export const agentHeader = 'sevenfold-agent'
