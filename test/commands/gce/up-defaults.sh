# create service account web-host@my-project.iam.gserviceaccount.com
gcloud iam service-accounts create web-host --project=my-project --display-name='lbex web' --description='lbex web in us-central1: account of the hosts'
# create role roles/container.viewer of web-host@my-project.iam.gserviceaccount.com
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/container.viewer --condition=None
# create role roles/logging.logWriter of web-host@my-project.iam.gserviceaccount.com
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/logging.logWriter --condition=None
# create role roles/monitoring.metricWriter of web-host@my-project.iam.gserviceaccount.com
gcloud projects add-iam-policy-binding my-project --member=serviceAccount:web-host@my-project.iam.gserviceaccount.com --role=roles/monitoring.metricWriter --condition=None
# create subnet web-subnet
gcloud compute networks subnets create web-subnet --project=my-project --region=us-central1 --network=net --range=10.150.0.0/27 --enable-private-ip-google-access --description='lbex web in us-central1: addresses of the hosts'
# create firewall rule web-served-ports
gcloud compute firewall-rules create web-served-ports --project=my-project --network=net --direction=INGRESS --allow=tcp:80,tcp:443 --source-ranges=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16 --target-tags=web --description='lbex web in us-central1: clients of the Services'
# create firewall rule web-health-probes
gcloud compute firewall-rules create web-health-probes --project=my-project --network=net --direction=INGRESS --allow=tcp:7331 --source-ranges=130.211.0.0/22,35.191.0.0/16 --target-tags=web --description='lbex web in us-central1: Google'\''s health probes'
# create firewall rule web-to-cluster
gcloud compute firewall-rules create web-to-cluster --project=my-project --network=net --direction=INGRESS --allow=tcp,udp --source-ranges=10.150.0.0/27 --description='lbex web in us-central1: from the hosts to the cluster'
# create health check web-health
gcloud compute health-checks create http web-health --global --project=my-project --port=7331 --request-path=/ --check-interval=10s --timeout=5s --healthy-threshold=2 --unhealthy-threshold=3 --description='lbex web in us-central1: whether a host serves'
# create template web-vm-HASH
gcloud compute instance-templates create web-vm-HASH --project=my-project --region=us-central1 --machine-type=e2-small --image-project=ubuntu-os-cloud --image-family=ubuntu-2404-lts-amd64 --subnet=web-subnet --tags=web --labels=lbex=web --service-account=web-host@my-project.iam.gserviceaccount.com --scopes=cloud-platform --shielded-secure-boot --metadata='^;;;^user-data=...' --description='lbex web in us-central1: a host'
# create group web-group
gcloud compute instance-groups managed create web-group --project=my-project --region=us-central1 --template=web-vm-HASH --size=2 --base-instance-name=web --health-check=web-health --initial-delay=300 --description='lbex web in us-central1: the hosts'
# create autoscaler of web-group
gcloud compute instance-groups managed set-autoscaling web-group --project=my-project --region=us-central1 --min-num-replicas=2 --max-num-replicas=10 --target-cpu-utilization=0.7 --cool-down-period=120
# wait for the hosts of web-group
gcloud compute instance-groups managed wait-until web-group --project=my-project --region=us-central1 --stable
