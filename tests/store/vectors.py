#!/usr/bin/env python3
"""What `probe --write` says of manifests of which the real Barman Cloud commands have shown what they do.

    tests/store/vectors.py BACKUP-GUARD VECTORS CA FOLDER

VECTORS is the folder store-vectors, CA the certificate of the store that is asked in place of theirs; the manifests are
changed so and kept in FOLDER. The store that has permissions is at the ports 7170 and 7171 (TLS), the one with opaque
keys at 9000. Prints each case that is answered otherwise than the commands were, and then how many there are of each
sort.
"""
import collections, concurrent.futures, csv, json, re, subprocess, sys

if len(sys.argv) != 5:
    sys.exit(__doc__.strip())
GUARD, VECTORS, CA, FOLDER = sys.argv[1:]

# What the commands said who were refused by a store, or did not reach one, and how we name the same cause.
CAUSES = [
    (r"CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted"),
    (r"hostname .* doesn't match", "its certificate is of another name"),
    (r"WRONG_VERSION_NUMBER", "the TLS handshake fails"),
    (r"Connection was closed", "no answer comes"),
    (r"no-such-host|amazonaws", "the name of its host is not known"),
    (r"Invalid header value|(secret-newline|secret-crlf|secret-tab)\t", "line break or another control character"),
    (r"^sn-len300\t", "KeyTooLongError"),  # to an object, and to a folder something else
    (r"(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|InvalidBucketName|InvalidTag|InvalidArgument|KeyTooLongError|ExistingObjectIsDirectory)", None),
    (r"^rg-auto\t.*Bad request", "HeadBucket is refused, though the bucket is listed"),
    (r"list shows NO backup(?!; base)", "what is written there is not listed under its name"),
    (r"^dp-bucket-missing\t", "the bucket is not there"),  # it works: the first command makes it
]
# They stopped before they asked a store. That is for check to say.
STOPPED = re.compile(r"rc=3|NOTHING stored|Cannot connect to postgres|NO_CERTIFICATE_OR_CRL|Unsupported configuration|Unable to locate cred"
                     r"|Partial cred|sidecar:|Invalid s3 URL|Invalid bucket name|Invalid endpoint|valid URI|config profile|region_name|Maximum number"
                     r"|Encryption type|exec:|Invalid CA bundle|No such file|invalid literal|localhost:0/|ap-123456789012")
ELSEWHERE = {  # where another world is seen from here than the commands saw
    "ep-bucket-host", "x-ep-bucket-virtual",  # libcurl takes each name below localhost for this machine
    "x-ad-cloud-options-addressing",  # the same, by an option of one command
    "x-env-region-empty",  # not asked, for the answer depends on how boto3 signs for no region
    "sn-slash-lead",  # it works, for Barman Cloud does not compare the names; they are other ones, as we say
}
NOT_OPAQUE = {"x-dp-bucket-dotdot"}  # that store takes no such bucket
PEM = re.compile(r"(?<=-----BEGIN CERTIFICATE-----)(.*?)(?=-----END CERTIFICATE-----)", re.S)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def bare(pem):
    return re.sub(r"\\[nr]|\s", "", pem)


OURS = PEM.search(read(CA)).group(1).split()
THEIRS = bare(PEM.search(read(f"{VECTORS}/cases/base-https.yaml")).group(1))


def with_our_ca(found):
    between = re.match(r"(\\[nr]|\s)*", found.group(1)).group()
    return between + between.join(OURS) + between if bare(found.group(1)) == THEIRS else found.group(1)


def ask(case, port):
    """Calls that are answered, and all that is said: of findings about the store that are more than an info (that nothing
    lies there yet), of errors, of what is not asked."""
    path = f"{FOLDER}/{case}-{port}.yaml"
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(PEM.sub(with_our_ca, read(f"{VECTORS}/cases/{case}.yaml")).replace("7071", "7171").replace("7070", port))
    done = subprocess.run([GUARD, "probe", "--write", "--profile", "generic", "--format", "json", "--file", path], capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{case}: exit code {done.returncode}\n{done.stderr}")
    told = json.loads(done.stdout)
    store, = told["stores"]
    said = [f["message"] for f in told["findings"] if f["scope"] == "bucket" and f["severity"] != "info"] + [e["message"] for e in told["errors"]]
    return list(store["calls"].values()), said, store["unasked"]


def judge(row, port):
    """The sort of the case, and whether it is answered rightly."""
    real, _, others = row["real"].partition(" — ")
    if port == "9000" and "gofakes3: works" in others:
        real = "works"
    calls, said, unasked = ask(row["case"], port)
    text = " | ".join(said)
    if port == "9000" and (real != "works" or row["case"] in NOT_OPAQUE):
        return None, True, text
    if port == "7170" and row["case"] in ELSEWHERE:
        return "seen otherwise from here", True, text
    if STOPPED.search(real):
        return "stopped before a store was asked", True, text
    for pattern, words in CAUSES:
        found = re.search(pattern, f"{row['case']}\t{real}")
        if found and unasked and not said:
            return "not asked, as we say", True, text
        if found:
            return "failed for the cause that we name", (words or found.group(1)) in text, text
    if unasked and not said:
        return "not asked, as we say", True, text
    return "worked, and every call is answered", real == "works" and not said and set(calls) == {"yes"}, text


with open(f"{VECTORS}/expected.tsv", encoding="utf-8", newline="") as table:
    rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
asked = [(row, "7170") for row in rows]
asked += [(row, "9000") for row in rows if row["section"] in ("destinationPath", "serverName", "tags")]
counts, failed = collections.Counter(), 0
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for (row, port), (sort, right, text) in zip(asked, pool.map(lambda each: judge(*each), asked)):
        if sort:
            counts[("with opaque keys: " if port == "9000" else "") + sort] += 1
        if not right:
            failed += 1
            print(f"not ok - {row['case']} at {port}: {row['real']}\n#   said: {text or 'nothing'}")
for sort, count in sorted(counts.items()):
    print(f"# {count} {sort}")
sys.exit(failed > 0)
