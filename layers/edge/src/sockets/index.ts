export { SocketKeeper } from './socket-keeper.ts'
