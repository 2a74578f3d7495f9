/* Keys of our own environment. */
#include "probe/settings.h"

#include "base/file.h"
#include "base/limits.h"

#include <stdlib.h>

bool probe_environment_read(struct arena *a, struct probe_environment *out, struct err *err)
{
	struct s3_keys *keys = &out->keys;
	struct str file = str_from(getenv("AWS_CA_BUNDLE"));

	*out = (struct probe_environment){.ca = STR_EMPTY};
	keys->access_key_id = str_from(getenv("AWS_ACCESS_KEY_ID"));
	keys->secret_access_key = str_from(getenv("AWS_SECRET_ACCESS_KEY"));
	keys->session_token = str_from(getenv("AWS_SESSION_TOKEN"));
	keys->region = str_from(getenv("AWS_DEFAULT_REGION"));
	if (!keys->access_key_id.len || !keys->secret_access_key.len)
		return err_set(err, E_VALUE,
			       "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set");
	if (file.len && !file_read_regular(a, file, LIMIT_FILE_BYTES, &out->ca, err))
		return err_within(err, "AWS_CA_BUNDLE: %.*s: ", STR_ARG(file));
	return true;
}
