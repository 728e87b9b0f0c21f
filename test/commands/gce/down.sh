# delete group web-group
gcloud compute instance-groups managed delete web-group --project=my-project --region=us-central1 --quiet
# delete role roles/monitoring.metricWriter of web-host@my-project.iam.gserviceaccount.com
gcloud projects remove-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None
# delete router web-router
gcloud compute routers delete web-router --project=my-project --region=us-central1 --quiet
# delete firewall rule web-served-ports
gcloud compute firewall-rules delete web-served-ports --project=my-project --quiet
# delete firewall rule web-health-probes
gcloud compute firewall-rules delete web-health-probes --project=my-project --quiet
# delete firewall rule web-to-cluster
gcloud compute firewall-rules delete web-to-cluster --project=my-project --quiet
# delete health check web-health
gcloud compute health-checks delete web-health --global --project=my-project --quiet
# delete template web-vm-HASH
gcloud compute instance-templates delete web-vm-HASH --project=my-project --quiet
# delete role roles/logging.logWriter of web-host@my-project.iam.gserviceaccount.com
gcloud projects remove-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/logging.logWriter --condition=None
# delete subnet web-subnet
gcloud compute networks subnets delete web-subnet --project=my-project --region=us-central1 --quiet
# delete role roles/container.viewer of web-host@my-project.iam.gserviceaccount.com
gcloud projects remove-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/container.viewer --condition=None
# delete service account web-host@my-project.iam.gserviceaccount.com
gcloud iam service-accounts delete web-host@my-project.iam.gserviceaccount.com --project=my-project --quiet
