const text = `
/.git/HEAD /.env /wp-login.php /wp-admin/ /phpmyadmin/ /admin.php /config.php /server-status
/.svn/entries /.DS_Store /backup.zip /backup.tar.gz /backup.sql /db.sql /dump.sql /database.sql
/old/ /test/ /dev/ /staging/ /actuator/env /console/ /manager/html /cgi-bin/test.cgi
/api/swagger.json /graphql /.aws/credentials /id_rsa /web.config /composer.json /package.json
/backup/ /backup/db.sql /backup/shop.sql /backup/shop.sql.gz /backup/shop.sql.bak
/backup/shop.sql.old
`

/** Names that scanners try, because many sites have left one of them lying about. */
export const commonPaths: readonly string[] = text.trim().split(/\s+/)
