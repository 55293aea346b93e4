/** Go's empty http.Request: alerts of log events know no request, and contexts ask it for its method. */
const noRequest = {
  Method: '',
  Host: '',
  RemoteAddr: '',
  Proto: '',
  URL: { Path: '', RawQuery: '' },
  Header: new Map<string, readonly string[]>(),
}

/** Values of the variables match and req for contexts of log events. */
export const alertScope: readonly [match: unknown, request: unknown] = [new Map<string, unknown>(), noRequest]
