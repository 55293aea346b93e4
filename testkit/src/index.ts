export { startAcmeServer } from './acme/acme-server.ts'
export type { AcmeServer, AcmeServerOptions } from './acme/acme-server.ts'
export { createCertificateAuthority } from './ca/certificate-authority.ts'
export type { CertificateAuthority, CertificateWish, IssuedCertificate } from './ca/certificate-authority.ts'
export { createFakeClock, settle } from './clock/fake-clock.ts'
export type { FakeClock } from './clock/fake-clock.ts'
export { startDockerEngine } from './docker/docker-engine.ts'
export type { DockerEngine, FakeContainer } from './docker/docker-engine.ts'
export { startFeedServer } from './feeds/feed-server.ts'
export type { FeedDocument, FeedServer } from './feeds/feed-server.ts'
export { createTemporaryFolder } from './folder/temporary-folder.ts'
export type { TemporaryFolder } from './folder/temporary-folder.ts'
export { startRecordingServer } from './http/recording-server.ts'
export type {
  RecordedRequest,
  RecordingServer,
  RecordingServerOptions,
  ScriptedAnswer,
} from './http/recording-server.ts'
export { createFakeJournal } from './journal/fake-journal.ts'
export type { FakeJournal } from './journal/fake-journal.ts'
export { createLogSource } from './log/log-source.ts'
export type { LogSource } from './log/log-source.ts'
export { createMemoryLog } from './log/memory-log.ts'
export type { LoggedLine, MemoryLog } from './log/memory-log.ts'
