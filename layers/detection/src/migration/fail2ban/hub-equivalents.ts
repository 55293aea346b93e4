/**
 * Collections of the hub that read the same logs as filters of fail2ban, kept up by many. Where one is installed, it is
 * the better choice than a converted filter.
 */
export const hubEquivalents: Readonly<Record<string, string>> = {
  'apache-auth': 'crowdsecurity/apache2',
  'apache-badbots': 'crowdsecurity/apache2',
  'apache-botsearch': 'crowdsecurity/apache2',
  'apache-noscript': 'crowdsecurity/apache2',
  'apache-overflows': 'crowdsecurity/apache2',
  'apache-shellshock': 'crowdsecurity/apache2',
  asterisk: 'crowdsecurity/asterisk',
  dovecot: 'crowdsecurity/dovecot',
  exim: 'crowdsecurity/exim',
  'haproxy-http-auth': 'crowdsecurity/haproxy',
  'mysqld-auth': 'crowdsecurity/mysql',
  'nginx-bad-request': 'crowdsecurity/nginx',
  'nginx-botsearch': 'crowdsecurity/nginx',
  'nginx-http-auth': 'crowdsecurity/nginx',
  'nginx-limit-req': 'crowdsecurity/nginx',
  postfix: 'crowdsecurity/postfix',
  proftpd: 'crowdsecurity/proftpd',
  sshd: 'crowdsecurity/sshd',
  'traefik-auth': 'crowdsecurity/traefik',
  vsftpd: 'crowdsecurity/vsftpd',
}
