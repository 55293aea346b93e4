// Programs whose name is no English word: after a separator the name alone is enough.
const UNMISTAKABLE = new Set(
  (
    'bash sh zsh ksh csh tcsh dash ash busybox wget curl nc ncat netcat socat telnet nslookup dig whoami uname ifconfig ' +
    'ipconfig netstat systeminfo tasklist taskkill wmic certutil bitsadmin powershell pwsh cmd regsvr32 rundll32 mshta cscript ' +
    'wscript schtasks chmod chown chgrp mkfifo mknod xxd hexdump base32 base64 gzip gunzip bzip2 xargs nohup sudo doas crontab ' +
    'useradd usermod adduser passwd visudo systemctl iptables tcpdump nmap hping3 python python2 python3 perl ruby lua node php ' +
    'java gcc awk gawk mawk sed grep egrep fgrep zcat tac lsof lsb_release dmesg printenv hostname getent openssl ssh scp sftp rsync tftp ' +
    'mysql psql sqlite3 mongo redis-cli docker kubectl git svn pip npm apt apt-get yum dnf apk ls ps pwd ftp rm cp mv ln dd df du tr vi ' +
    'vim nano killall findstr schtasks iex iwr irm ping traceroute tracert ipconfig nbtstat whois arp mkdir rmdir chroot insmod modprobe waitfor timeout ed'
  ).split(' '),
)

// Programs whose name people also write in sentences: an argument as commands have it must follow.
const AMBIGUOUS = new Set(
  (
    'cat w id sleep echo printf find more less head tail type set env export eval exec source kill touch which who last ' +
    'sort cut date time top man host net dir copy move del erase start test true false read alias tee split paste strings file ' +
    'stat mount reboot shutdown halt init service screen watch yes od nl look rev tar zip unzip cd history jobs wait expr ' +
    'declare unset trap command builtin service reg icacls attrib ver vol tree sc call write python perl'
  ).split(' '),
)

const CMDLET =
  /^(?:Get|Set|Invoke|Start|Stop|New|Remove|Add|Copy|Out|Import|Export|Test)-[A-Z][A-Za-z]{2,30}$/i

/** How sure a word is the name of a program: 0 no, 1 an English word as well, 2 nothing else. */
export function commandRank(name: string): 0 | 1 | 2 {
  const plain = name.toLowerCase().replace(/\.(?:exe|com|bat|cmd|ps1|sh)$/, '')
  if (AMBIGUOUS.has(plain)) return 1
  if (CMDLET.test(name)) return 2
  return UNMISTAKABLE.has(plain) ? 2 : 0
}

const LONE = new Set(
  'id whoami ls dir pwd uname ps env printenv hostname ifconfig ipconfig netstat systeminfo tasklist who reboot shutdown halt ver sh bash zsh powershell lsof dmesg cmd'.split(
    ' ',
  ),
)

/** Tells whether a program is worth running without arguments to an attacker. */
export function isLoneCommand(name: string): boolean {
  return LONE.has(name.toLowerCase().replace(/\.exe$/, '')) || CMDLET.test(name)
}
