-- The package's detection as DuckDB says it, over events as NXLog has them: ? is the files.
WITH marked AS (
    SELECT *,
        coalesce(regexp_matches(Image, '(?i)(ftp\.exe|winscp\.exe|filezilla\.exe|ncftp|lftp)')
            OR regexp_matches(CommandLine, '(?i)(ftp://|--ftp-upload|--upload-file|-T ftp|STOR )'), false) AS ftp,
        coalesce(regexp_matches(Image, '(?i)(curl\.exe|wget\.exe)')
            AND regexp_matches(CommandLine, '(?i)(--upload-file|-T http://|--data-binary|--data @|-d @|--form|-F file=|multipart)')
            AND regexp_matches(CommandLine, 'http://'), false) AS http,
        coalesce(regexp_matches(Image, '(?i)(nslookup\.exe|dnscat|iodine|dns2tcp|dnstunnel)')
            OR regexp_matches(CommandLine, '(?i)(dnscat|iodine|dns2tcp)'), false) AS dns,
        coalesce(regexp_matches(Image, '(?i)(blat\.exe|swaks|sendmail|msmtp)')
            OR (regexp_matches(CommandLine, '(?i)(smtp|Send-MailMessage|sendmail)')
                AND regexp_matches(CommandLine, '(?i)(-attach|--attach|-to |--to |-server)')), false) AS smtp,
        EventID = 3
            AND regexp_matches(DestinationPort, '^(21|25|69|80|110|143|8080|8000|8888|2121)$')
            AND NOT regexp_matches(DestinationIp, '^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.)') AS plain
    FROM read_parquet(?)
    WHERE EventID IN (1, 3) AND Channel = 'Microsoft-Windows-Sysmon/Operational'
)
SELECT EventTime, Hostname, "User", Image, CommandLine, ParentImage, ParentCommandLine, DestinationIp, DestinationPort,
    CASE WHEN ftp THEN 'FTP' WHEN http THEN 'HTTP_Upload' WHEN dns THEN 'DNS_Tunnel' WHEN smtp THEN 'SMTP'
        ELSE 'Plaintext_Network' END AS ExfilMethod,
    ftp::INT + http::INT + dns::INT + smtp::INT AS SuspicionScore
FROM marked
WHERE ftp OR http OR dns OR smtp
    OR (plain AND NOT regexp_matches(Image, '(?i)(chrome\.exe|firefox\.exe|msedge\.exe|iexplore\.exe|svchost\.exe|services\.exe)'))
ORDER BY EventTime DESC;
