# For packages/T1048.003: JSON logs with what the network rules read.
@load policy/tuning/json-logs.zeek
@load base/protocols/conn
@load base/protocols/dns
@load base/protocols/ftp
@load base/protocols/http
@load base/protocols/smtp
# Kind and size of the files that leave; files are kept on demand only.
@load base/frameworks/files
@load policy/protocols/smtp/detect-suspicious-orig.zeek

# Which networks are inside: local_orig and local_resp come from here. Keep it like lookups/internal_nets.csv.
redef Site::local_nets += {
    10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, [fc00::]/7
};

# Each command of FTP that stores, beside the defaults.
redef FTP::logged_commands += { "STOR", "APPE", "STOU" };
# Credentials are evidence of what the other side knows now. Leave this out where they must not be kept.
redef FTP::default_capture_password = T;
