const text = `
123456 password 12345678 qwerty 123456789 12345 1234 111111 1234567 dragon 123123 baseball
abc123 football monkey letmein shadow master 666666 superman michael mustang 123321 welcome
welcome1 princess admin iloveyou solo starwars charlie donald freedom whatever trustno1 hunter2
passw0rd secret summer flower sunshine hello123 ashley bailey access ninja azerty lovely
sunshine1 zaq12wsx
`

/** Passwords that stand near the top of every published list; the one of the shop's most careless customer is near the end. */
export const commonPasswords: readonly string[] = text.trim().split(/\s+/)
