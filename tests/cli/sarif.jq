# What SARIF 2.1.0 wants of the parts that we write: prints each offence; nothing when it is in order.
def keys_within($where; $allowed; $required):
  (keys - $allowed | .[] | "\($where): unknown key \(.)"), ($required - keys | .[] | "\($where): \(.) is missing");
def one_of($where; $words): select(IN($words[]) | not) | "\($where): \(.) is none of \($words)";
def text($where): select(type != "object" or (.text | type) != "string" or .text == "") | "\($where): no text";

def artifact($where):
  keys_within($where; ["uri", "uriBaseId"]; ["uri"]),
  (.uri | select(test("^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$|^file:///") | not) | "\($where): \(.) is no URI reference"),
  (select((.uri | startswith("file:")) == has("uriBaseId")) | "\($where): a base for what is absolute, or none");

def region($where):
  keys_within($where; ["startLine", "startColumn", "endLine", "endColumn"]; ["startLine"]),
  (to_entries[] | select(.value < 1 or .value != (.value | floor)) | "\($where): \(.key) is \(.value)"),
  (select((.endLine // .startLine) < .startLine) | "\($where): ends before it begins"),
  (select(.endLine == .startLine and .endColumn < .startColumn) | "\($where): ends before it begins");

def location($where):
  keys_within($where; ["physicalLocation", "logicalLocations"]; []),
  (.physicalLocation // empty | keys_within($where; ["artifactLocation", "region"]; ["artifactLocation"]),
    (.artifactLocation | artifact($where)), (.region // empty | region($where))),
  (.logicalLocations[]? | keys_within($where; ["name", "fullyQualifiedName", "kind"]; ["fullyQualifiedName"]));

def rule($where):
  keys_within($where; ["id", "shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration"];
    ["id", "shortDescription", "fullDescription", "help"]),
  (.shortDescription, .fullDescription, .help | text($where)),
  (select(.help.markdown == "" or .help.markdown == null) | "\($where): no markdown"),
  (.helpUri // empty | select(test("^https://[^ ]+$") | not) | "\($where): helpUri is \(.)"),
  (.defaultConfiguration | keys_within($where; ["level", "enabled"]; []),
    (.level // empty | one_of($where; ["none", "note", "warning", "error"])));

def result($where; $rules):
  keys_within($where; ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "suppressions", "properties"];
    ["ruleId", "ruleIndex", "message", "locations", "partialFingerprints", "suppressions"]),
  (select($rules[.ruleIndex].id != .ruleId) | "\($where): ruleIndex is of another rule"),
  (.level | one_of($where; ["note", "warning", "error"])),
  (.message | text($where)),
  (.locations[] | location($where)),
  (.partialFingerprints[] | select(test("^[0-9a-f]{16}(:[0-9]+)?$") | not) | "\($where): fingerprint \(.)"),
  (.suppressions[] | keys_within($where; ["kind", "status", "justification"]; ["kind"]),
    (.kind | one_of($where; ["inSource", "external"])), (.status | one_of($where; ["accepted"])));

def run:
  keys_within("run"; ["tool", "invocations", "columnKind", "results", "properties"]; ["tool", "results"]),
  (.columnKind | one_of("run"; ["unicodeCodePoints"])),
  (.tool.driver | keys_within("driver"; ["name", "version", "semanticVersion", "rules"]; ["name"]),
    (.rules[] | rule(.id))),
  (.invocations[] | keys_within("invocation"; ["executionSuccessful", "toolExecutionNotifications"]; ["executionSuccessful"]),
    (.executionSuccessful | select(type != "boolean") | "executionSuccessful: \(.)"),
    (.toolExecutionNotifications[] | keys_within("notification"; ["level", "message", "locations"]; ["message"]),
      (.level | one_of("notification"; ["note", "error"])), (.message | text("notification")),
      (.locations[] | location("notification")))),
  (.tool.driver.rules as $rules | .results[] | result(.ruleId; $rules)),
  ([.results[] | .partialFingerprints[]] | group_by(.)[] | select(length > 1) | "a fingerprint twice: \(.[0])");

keys_within("log"; ["$schema", "version", "runs"]; ["version", "runs"]),
(.version | one_of("log"; ["2.1.0"])),
(.runs[] | run)
